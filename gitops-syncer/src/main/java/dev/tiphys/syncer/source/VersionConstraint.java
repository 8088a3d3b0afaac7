package dev.tiphys.syncer.source;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A semver constraint as Argo CD reads it, for example {@code ^1.2} or {@code >=1.0.0-0, <2}. A group of constraints takes
 * prereleases only if one of its versions has a prerelease part, for example {@code -0}.
 */
public final class VersionConstraint {
    private static final int LONGEST = 200;
    private static final String PART = "([0-9]{1,18}|[xX*])";
    private static final String REST = "(?:-([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*))?(?:\\+[0-9A-Za-z.-]+)?";
    private static final String LOOSE = "v?" + PART + "(?:\\." + PART + ")?(?:\\." + PART + ")?" + REST;
    private static final Pattern TERM = Pattern.compile("(=|!=|>|<|>=|=>|<=|=<|~|~>|\\^)?\\s*" + LOOSE);
    private static final Pattern RANGE = Pattern.compile("\\s*(" + LOOSE + ")\\s+-\\s+(" + LOOSE + ")\\s*");
    private static final Pattern VERSION =
            Pattern.compile("v?([0-9]{1,18})(?:\\.([0-9]{1,18}))?(?:\\.([0-9]{1,18}))?" + REST);

    private final List<List<Term>> groups;

    private VersionConstraint(List<List<Term>> groups) {
        this.groups = groups;
    }

    /** {@return the constraint of a text; empty if it is none, and also if it is one exact version: that is a name} */
    public static Optional<VersionConstraint> parse(String text) {
        if (text.length() > LONGEST || Version.parse(text).isPresent()) {
            return Optional.empty();
        }
        List<List<Term>> groups = new ArrayList<>();
        for (String part : text.split("\\|\\|", -1)) {
            List<Term> group = group(part);
            if (group.isEmpty()) {
                return Optional.empty();
            }
            groups.add(group);
        }
        return Optional.of(new VersionConstraint(groups));
    }

    /** {@return the tag with the highest version that fits; tags that are no versions are passed over} */
    public Optional<String> highest(Collection<String> tags) {
        return tags.stream()
                .filter(tag -> Version.parse(tag).filter(this::fits).isPresent())
                .max(Comparator.comparing((String tag) -> Version.parse(tag).orElseThrow())
                        .thenComparing(Comparator.naturalOrder()));
    }

    private boolean fits(Version version) {
        return groups.stream().anyMatch(group -> {
            boolean takesPrereleases = version.prerelease().isEmpty()
                    || group.stream()
                            .anyMatch(term -> !term.version().prerelease().isEmpty());
            return takesPrereleases && group.stream().allMatch(term -> term.fits(version));
        });
    }

    /** The terms of a group; none if the text is no group. */
    private static List<Term> group(String text) {
        Matcher range = RANGE.matcher(text);
        if (range.matches()) {
            return List.of(Term.of(">=", range.group(1)), Term.of("<=", range.group(6)));
        }
        List<Term> terms = new ArrayList<>();
        Matcher matcher = TERM.matcher(text);
        int at = skipSeparators(text, 0);
        while (at < text.length()) {
            matcher.region(at, text.length());
            if (!matcher.lookingAt()) {
                return List.of();
            }
            int end = matcher.end();
            int next = skipSeparators(text, end);
            if (next == end && end < text.length()) {
                return List.of();
            }
            String operator = matcher.group(1) == null ? "=" : matcher.group(1);
            terms.add(Term.of(operator, matcher));
            at = next;
        }
        return terms;
    }

    private static int skipSeparators(String text, int from) {
        int at = from;
        while (at < text.length() && (Character.isWhitespace(text.charAt(at)) || text.charAt(at) == ',')) {
            at++;
        }
        return at;
    }

    private record Version(long major, long minor, long patch, String prerelease) implements Comparable<Version> {

        static Optional<Version> parse(String text) {
            Matcher matcher = text.length() > LONGEST ? null : VERSION.matcher(text);
            if (matcher == null || !matcher.matches()) {
                return Optional.empty();
            }
            return Optional.of(new Version(
                    number(matcher.group(1)),
                    number(matcher.group(2)),
                    number(matcher.group(3)),
                    orEmpty(matcher.group(4))));
        }

        @Override
        public int compareTo(Version other) {
            return Comparator.comparingLong(Version::major)
                    .thenComparingLong(Version::minor)
                    .thenComparingLong(Version::patch)
                    .thenComparing(Version::prerelease, Version::comparePrereleases)
                    .compare(this, other);
        }

        private static int comparePrereleases(String one, String other) {
            if (one.isEmpty() || other.isEmpty()) {
                return Boolean.compare(one.isEmpty(), other.isEmpty());
            }
            String[] left = one.split("\\.", -1);
            String[] right = other.split("\\.", -1);
            for (int at = 0; at < Math.min(left.length, right.length); at++) {
                int order = compareIdentifiers(left[at], right[at]);
                if (order != 0) {
                    return order;
                }
            }
            return Integer.compare(left.length, right.length);
        }

        private static int compareIdentifiers(String one, String other) {
            boolean oneIsNumber = one.chars().allMatch(Character::isDigit);
            boolean otherIsNumber = other.chars().allMatch(Character::isDigit);
            if (oneIsNumber && otherIsNumber) {
                return new BigInteger(one).compareTo(new BigInteger(other));
            }
            return oneIsNumber == otherIsNumber ? one.compareTo(other) : Boolean.compare(otherIsNumber, oneIsNumber);
        }
    }

    /** One comparison; {@code parts} tells how many numbers of the version were given. */
    private record Term(String operator, Version version, int parts) {

        static Term of(String operator, String version) {
            Matcher matcher = TERM.matcher(version);
            if (!matcher.matches()) {
                throw new IllegalArgumentException(version + " is no version");
            }
            return of(operator, matcher);
        }

        static Term of(String operator, Matcher matcher) {
            int parts = 0;
            while (parts < 3 && isNumber(matcher.group(2 + parts))) {
                parts++;
            }
            return new Term(
                    operator,
                    new Version(
                            parts > 0 ? number(matcher.group(2)) : 0,
                            parts > 1 ? number(matcher.group(3)) : 0,
                            parts > 2 ? number(matcher.group(4)) : 0,
                            orEmpty(matcher.group(5))),
                    parts);
        }

        boolean fits(Version candidate) {
            return switch (operator) {
                case "=" -> parts < 3 ? tilde(candidate) : candidate.compareTo(version) == 0;
                case "!=" -> parts < 3 ? !samePrefix(candidate) : candidate.compareTo(version) != 0;
                case ">" ->
                    parts < 3
                            ? candidate.compareTo(version) > 0 && !samePrefix(candidate)
                            : candidate.compareTo(version) > 0;
                case "<" -> candidate.compareTo(version) < 0;
                case ">=", "=>" -> candidate.compareTo(version) >= 0;
                case "<=", "=<" -> candidate.compareTo(version) <= 0 || (parts < 3 && samePrefix(candidate));
                case "~", "~>" -> tilde(candidate);
                case "^" -> caret(candidate);
                default -> throw new IllegalStateException(operator + " is no operator");
            };
        }

        private boolean samePrefix(Version candidate) {
            return (parts < 1 || candidate.major() == version.major())
                    && (parts < 2 || candidate.minor() == version.minor());
        }

        /** Argo CD's library takes {@code ~0.0.0} for everything. Kept, as {@code *} means the same to it. */
        private boolean tilde(Version candidate) {
            if (candidate.compareTo(version) < 0) {
                return false;
            }
            boolean everything =
                    parts == 0 || (parts == 3 && version.major() == 0 && version.minor() == 0 && version.patch() == 0);
            return everything || samePrefix(candidate);
        }

        private boolean caret(Version candidate) {
            if (candidate.compareTo(version) < 0) {
                return false;
            }
            if (parts == 0) {
                return true;
            }
            if (version.major() > 0 || parts == 1) {
                return candidate.major() == version.major();
            }
            if (candidate.major() > 0) {
                return false;
            }
            if (version.minor() > 0 || parts == 2) {
                return candidate.minor() == version.minor();
            }
            return candidate.minor() == 0 && candidate.patch() == version.patch();
        }
    }

    private static boolean isNumber(@Nullable String part) {
        return part != null && Character.isDigit(part.charAt(0));
    }

    private static long number(@Nullable String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}

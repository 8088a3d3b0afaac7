package dev.tiphys.gateway.ledger;

import dev.tiphys.gateway.delivery.Verdict;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The words under which deliveries are counted, kept and found. */
public enum VerdictWord {
    /** It became events. */
    ACCEPTED(true),
    /** It had become events before. */
    DUPLICATE(true),
    /** About nothing that anybody here wants to know. */
    IRRELEVANT(true),
    /** It wanted an answer of its own and got it. */
    CHALLENGED(true),
    /** Its sender asked whether it may send. */
    INVITED(true),
    /** Genuine, and not to be understood. */
    MALFORMED(true),
    /** Genuine, and about something that its endpoint is not for. */
    FOREIGN(true),
    /** A message that was set aside because it never becomes an event. */
    PARKED(true),
    /** Ticks of a schedule that passed while nobody was up, and are not made up for. */
    MISSED(true),
    /** Nothing proves who sent it. */
    UNVERIFIED(false),
    /** There is no endpoint of the name. */
    UNKNOWN(false),
    /** More than the endpoint takes. */
    LIMITED(false),
    TOO_LARGE(false),
    HEADERS_TOO_LARGE(false),
    /** By another HTTP method than the endpoint's. */
    METHOD(false),
    MEDIA_TYPE(false),
    /** It did not come to its end. */
    GONE(false),
    /** It could not be kept at that moment, and its sender was told to come again. */
    UNAVAILABLE(false);

    private static final Set<String> GENUINE = Arrays.stream(values())
            .filter(one -> one.genuine)
            .map(VerdictWord::word)
            .collect(Collectors.toUnmodifiableSet());

    private final boolean genuine;
    private final String word;

    VerdictWord(boolean genuine) {
        this.genuine = genuine;
        this.word = name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** {@return the word, as it is written everywhere} */
    public String word() {
        return word;
    }

    /** {@return the verdict of a word; empty if it is none} */
    public static Optional<VerdictWord> of(String word) {
        return Arrays.stream(values()).filter(one -> one.word().equals(word)).findFirst();
    }

    /** {@return what a judgement is kept under} */
    public static VerdictWord of(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Accepted _ -> ACCEPTED;
            case Verdict.Irrelevant _ -> IRRELEVANT;
            case Verdict.Challenged _ -> CHALLENGED;
            case Verdict.Invited _ -> INVITED;
            case Verdict.Rejected rejected ->
                switch (rejected.refusal()) {
                    case UNVERIFIED -> UNVERIFIED;
                    case MALFORMED -> MALFORMED;
                    case FOREIGN -> FOREIGN;
                };
        };
    }

    /** {@return all words} */
    public static List<String> words() {
        return Arrays.stream(values()).map(VerdictWord::word).toList();
    }

    /** {@return whether a delivery of this verdict had proved who sent it} */
    public boolean isGenuine() {
        return genuine;
    }

    /** {@return the same for a word} */
    static boolean isGenuine(String word) {
        return GENUINE.contains(word);
    }
}

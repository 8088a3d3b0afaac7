package dev.tiphys.syncer.source.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigInteger;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a plain scalar means. As kubectl and Argo CD read it, which is YAML 1.1: {@code yes}, {@code no}, {@code on}, {@code
 * off}, {@code y} and {@code n} are booleans, {@code 0644} is octal, {@code 1_000} is a number; dates and base 60 are
 * texts. Reading it otherwise would apply other values than {@code kubectl apply} does.
 */
final class Scalars {
    private static final Set<String> TRUE =
            Set.of("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON");
    private static final Set<String> FALSE =
            Set.of("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF");
    private static final Set<String> NULL = Set.of("", "~", "null", "Null", "NULL");
    private static final Set<String> NOT_FINITE = Set.of(
            ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF", ".nan", ".NaN", ".NAN");
    private static final Pattern INTEGER = Pattern.compile("[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|0|[1-9][0-9_]*)");
    private static final Pattern DECIMAL = Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
    private static final int LONGEST_NUMBER = 100;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private Scalars() {}

    /** {@return the value; empty if JSON has none for it} */
    static Optional<JsonNode> plain(String text) {
        if (NULL.contains(text)) {
            return Optional.of(NODES.nullNode());
        }
        if (TRUE.contains(text)) {
            return Optional.of(NODES.booleanNode(true));
        }
        if (FALSE.contains(text)) {
            return Optional.of(NODES.booleanNode(false));
        }
        if (NOT_FINITE.contains(text)) {
            return Optional.empty();
        }
        if (text.length() <= LONGEST_NUMBER && INTEGER.matcher(text).matches()) {
            return Optional.of(integer(text));
        }
        if (text.length() <= LONGEST_NUMBER && DECIMAL.matcher(text).matches()) {
            double value = Double.parseDouble(text);
            return Double.isFinite(value) ? Optional.of(NODES.numberNode(value)) : Optional.of(NODES.textNode(text));
        }
        return Optional.of(NODES.textNode(text));
    }

    private static JsonNode integer(String text) {
        String digits = text.replace("_", "");
        boolean negative = digits.startsWith("-");
        digits = negative || digits.startsWith("+") ? digits.substring(1) : digits;
        int radix = 10;
        if (digits.startsWith("0x")) {
            radix = 16;
            digits = digits.substring(2);
        } else if (digits.startsWith("0b")) {
            radix = 2;
            digits = digits.substring(2);
        } else if (digits.startsWith("0o")) {
            radix = 8;
            digits = digits.substring(2);
        } else if (digits.length() > 1 && digits.startsWith("0")) {
            radix = 8;
            digits = digits.substring(1);
        }
        if (digits.isEmpty()) {
            return NODES.textNode(text);
        }
        BigInteger value = new BigInteger(digits, radix);
        BigInteger signed = negative ? value.negate() : value;
        if (signed.bitLength() < Integer.SIZE) {
            return NODES.numberNode(signed.intValueExact());
        }
        if (signed.bitLength() < Long.SIZE) {
            return NODES.numberNode(signed.longValueExact());
        }
        // Go's reader keeps unsigned 64 bits and turns what is larger into a float
        return signed.signum() > 0 && signed.bitLength() == Long.SIZE
                ? NODES.numberNode(signed)
                : NODES.numberNode(signed.doubleValue());
    }
}

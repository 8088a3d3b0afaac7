package dev.tiphys.gateway.proof;

/** Patterns in which {@code *} stands for anything and {@code ?} for one sign. */
final class Glob {
    private Glob() {}

    /** {@return whether the whole text fits; takes no longer than the product of both lengths} */
    static boolean matches(String glob, String text) {
        int at = 0;
        int here = 0;
        int star = -1;
        int mark = 0;
        while (here < text.length()) {
            if (at < glob.length() && glob.charAt(at) == '*') {
                star = at++;
                mark = here;
            } else if (at < glob.length() && (glob.charAt(at) == '?' || glob.charAt(at) == text.charAt(here))) {
                at++;
                here++;
            } else if (star >= 0) {
                at = star + 1;
                here = ++mark;
            } else {
                return false;
            }
        }
        while (at < glob.length() && glob.charAt(at) == '*') {
            at++;
        }
        return at == glob.length();
    }
}

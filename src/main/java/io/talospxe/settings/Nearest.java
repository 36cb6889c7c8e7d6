package io.talospxe.settings;

import java.util.Collection;
import java.util.Comparator;

/** Finds what somebody probably meant. */
public final class Nearest {

    private Nearest() {
    }

    /**
     * The candidate with the fewest letters to insert, drop or change.
     *
     * @param candidates at least one
     */
    public static String of(String text, Collection<String> candidates) {
        return candidates.stream()
            .min(Comparator.comparingInt((String candidate) -> distance(text, candidate)).thenComparing(Comparator.naturalOrder()))
            .orElseThrow();
    }

    /** Levenshtein's distance, row by row. */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}

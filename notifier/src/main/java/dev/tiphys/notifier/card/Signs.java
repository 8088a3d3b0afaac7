package dev.tiphys.notifier.card;

import dev.tiphys.contracts.run.RunState;

/** The sign that stands before a state's word; the word is always there too. */
final class Signs {

    private Signs() {}

    static String of(RunState state) {
        return switch (state) {
            case PENDING -> ":white_circle:";
            case RUNNING -> ":large_blue_circle:";
            case WAITING -> ":hourglass_flowing_sand:";
            case SUCCEEDED -> ":white_check_mark:";
            case FAILED -> ":x:";
            case STUCK -> ":construction:";
            case CANCELLED -> ":no_entry_sign:";
            case SKIPPED -> ":fast_forward:";
            case SUPERSEDED -> ":twisted_rightwards_arrows:";
        };
    }
}

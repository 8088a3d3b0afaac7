package dev.tiphys.engine.work.jenkins;

import dev.tiphys.engine.work.LeafLedger;
import dev.tiphys.engine.work.LeaseLost;
import dev.tiphys.engine.work.WholeCharacters;

/** Keeps a build's log as it grows. */
final class BuildLog {
    private static final int MAX_PARTS = 16;

    private final JenkinsClient client;
    private final LeafLedger ledger;
    private final WholeCharacters characters = new WholeCharacters();

    BuildLog(JenkinsClient client, LeafLedger ledger) {
        this.client = client;
        this.ledger = ledger;
    }

    /**
     * Appends what is new.
     *
     * @param offset where the kept log ends
     * @return where it ends now, in bytes of the raw log, which counts marks that are not shown
     */
    long follow(String buildPath, long offset) throws JenkinsAway, JenkinsRefusal, LeaseLost, InterruptedException {
        long end = offset;
        for (int part = 0; part < MAX_PARTS; part++) {
            JenkinsAnswer answer = client.get(buildPath + "logText/progressiveText?start=" + end);
            if (!answer.isOk()) {
                return end;
            }
            keep(answer.body());
            if (answer.whole()) {
                return answer.headers().firstValueAsLong("X-Text-Size").orElse(end + answer.body().length);
            }
            end += answer.body().length;
        }
        return end;
    }

    private void keep(byte[] bytes) throws LeaseLost {
        String text = characters.add(bytes);
        if (!text.isEmpty()) {
            ledger.log(text);
        }
    }
}

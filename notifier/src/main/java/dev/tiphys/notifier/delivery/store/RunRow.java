package dev.tiphys.notifier.delivery.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.tiphys.contracts.Json;
import dev.tiphys.notifier.card.RunPicture;
import dev.tiphys.notifier.delivery.CardStanding;
import dev.tiphys.notifier.delivery.Lane;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A run: its picture, and where its card stands. Its row's lock orders all changes to the run's entries. */
@Entity(name = "NotifierRun")
@Table(name = "run")
class RunRow {
    @Id
    String run = "";

    @Nullable
    String picture;

    @Nullable
    String workspace;

    @Nullable
    String channel;

    @Column(name = "card_digest")
    @Nullable
    String cardDigest;

    @Column(name = "card_channel")
    @Nullable
    String cardChannel;

    @Column(name = "card_ts")
    @Nullable
    String cardTs;

    @Column(name = "card_blind")
    boolean cardBlind;

    @Column(name = "card_lost")
    @Nullable
    String cardLost;

    @Column(name = "changed_at")
    Instant changedAt = Instant.EPOCH;

    @Nullable
    RunPicture picture() {
        if (picture == null) {
            return null;
        }
        try {
            return Json.mapper().readValue(picture, RunPicture.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the picture of run " + run + " cannot be read", e);
        }
    }

    void picture(RunPicture seen) {
        picture = Json.text(seen);
        if (seen.target() != null) {
            workspace = seen.target().workspace();
            channel = seen.target().slack();
        }
    }

    /** {@return whether a card was posted, as far as anybody can tell} */
    boolean hasCard() {
        return cardTs != null || cardBlind || cardLost != null;
    }

    CardStanding standing(Lane lane, boolean isComing) {
        if (picture == null) {
            return new CardStanding.RunUnknown();
        }
        if (!lane.workspace().equals(workspace) || !lane.channel().equals(channel)) {
            return new CardStanding.None();
        }
        if (cardLost != null) {
            return new CardStanding.Lost(cardLost);
        }
        if (cardTs != null && cardChannel != null) {
            return new CardStanding.Posted(cardChannel, cardTs);
        }
        if (cardBlind) {
            return new CardStanding.PostedBlind();
        }
        return isComing ? new CardStanding.Coming() : new CardStanding.None();
    }
}

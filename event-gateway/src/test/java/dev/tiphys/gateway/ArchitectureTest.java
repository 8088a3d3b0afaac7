package dev.tiphys.gateway;

import dev.tiphys.rules.HouseRules;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    @Test
    void keepsTheHouseRules() {
        HouseRules.of("dev.tiphys.gateway")
                .checkService(List.of(
                        "delivery",
                        "reception",
                        "proof",
                        "sender",
                        "filter",
                        "intake",
                        "ledger",
                        "recovery",
                        "limit",
                        "trace",
                        "schedule",
                        "queue",
                        "definitions"));
    }
}

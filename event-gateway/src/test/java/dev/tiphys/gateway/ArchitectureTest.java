package dev.tiphys.gateway;

import dev.tiphys.rules.HouseRules;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    @Test
    void keepsTheHouseRules() {
        HouseRules.of("dev.tiphys.gateway")
                .checkService(List.of("delivery", "sender", "intake", "ledger", "recovery", "definitions"));
    }
}

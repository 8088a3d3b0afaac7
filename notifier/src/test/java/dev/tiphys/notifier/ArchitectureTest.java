package dev.tiphys.notifier;

import dev.tiphys.rules.HouseRules;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    @Test
    void theHouseRulesHold() {
        HouseRules.of("dev.tiphys.notifier").checkService(List.of("card", "delivery"));
    }
}

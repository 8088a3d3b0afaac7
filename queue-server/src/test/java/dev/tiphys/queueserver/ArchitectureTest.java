package dev.tiphys.queueserver;

import dev.tiphys.rules.HouseRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    @Test
    void theModuleKeepsTheRulesOfTheHouse() {
        HouseRules.of("dev.tiphys.queueserver").checkModule();
    }
}

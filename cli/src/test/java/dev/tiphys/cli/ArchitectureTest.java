package dev.tiphys.cli;

import dev.tiphys.rules.HouseRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    @Test
    void keepsTheHouseRules() {
        HouseRules.of("dev.tiphys.cli").checkModule();
    }
}

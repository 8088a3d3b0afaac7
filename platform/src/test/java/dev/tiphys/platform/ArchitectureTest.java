package dev.tiphys.platform;

import dev.tiphys.rules.HouseRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    @Test
    void keepsTheHouseRules() {
        HouseRules.of("dev.tiphys.platform").checkModule();
    }
}

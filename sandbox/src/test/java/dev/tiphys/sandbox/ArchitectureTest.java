package dev.tiphys.sandbox;

import dev.tiphys.rules.HouseRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    @Test
    void keepsTheRulesOfTheHouse() {
        HouseRules.of("dev.tiphys.sandbox").checkModule();
    }
}

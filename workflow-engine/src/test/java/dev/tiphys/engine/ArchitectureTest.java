package dev.tiphys.engine;

import dev.tiphys.rules.HouseRules;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    @Test
    void keepsTheRulesOfTheHouse() {
        HouseRules.of("dev.tiphys.engine").checkService(List.of("run", "line", "trigger", "work"));
    }
}

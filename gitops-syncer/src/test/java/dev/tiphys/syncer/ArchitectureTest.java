package dev.tiphys.syncer;

import dev.tiphys.rules.HouseRules;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    @Test
    void keepsTheRulesOfTheHouse() {
        HouseRules.of("dev.tiphys.syncer").checkService(List.of("source", "plan", "health", "sync"));
    }
}

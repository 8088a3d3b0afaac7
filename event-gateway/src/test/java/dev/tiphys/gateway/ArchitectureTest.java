package dev.tiphys.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
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

    @Test
    void keepsTheSdkOfTracesBehindItsPort() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.tiphys.gateway.trace.otel")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.opentelemetry..")
                .because("whoever begins a span knows only the port, dev.tiphys.gateway.trace")
                .check(new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages("dev.tiphys.gateway"));
    }
}

package dev.tiphys.contracts.definition;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronSyntaxTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "* * * * *",
                "0 0 1 1 0",
                "59 23 31 12 7",
                "*/5 * * * *",
                "5/15 * * * *",
                "0-30/10,45 0,12 1-7 jan-MAR mon-Fri",
                "  0   0 * *  SUN ",
                "0 0 */31 */12 *",
            })
    void takesWhatCronTakes(String cron) {
        assertThat(CronSyntax.wrong(cron)).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "* * * *|expected five fields (minute, hour, day of month, month, day of week)",
                "0 * * * * *|met 6",
                "@daily|met 1",
                "60 * * * *|the minute is \"60\": expected *, 0 to 59",
                "-1 * * * *|the minute is \"-1\"",
                "0 24 * * *|the hour is \"24\": expected *, 0 to 23",
                "0 0 0 * *|the day of month is \"0\": expected *, 1 to 31",
                "0 0 32 * *|the day of month is \"32\"",
                "0 0 L * *|the day of month is \"L\"",
                "0 0 ? * *|the day of month is \"?\"",
                "0 0 15W * *|the day of month is \"15W\"",
                "0 0 * 13 *|the month is \"13\": expected *, 1 to 12 or JAN to DEC",
                "0 0 * 0 *|the month is \"0\"",
                "0 0 * MON *|the month is \"MON\"",
                "0 0 * * 8|the day of week is \"8\": expected *, 0 to 7 or SUN to SAT",
                "0 0 * * 5#2|the day of week is \"5#2\"",
                "0 0 * * MON-SUN|the day of week is \"MON-SUN\": the range goes backwards",
                "30-10 * * * *|the minute is \"30-10\": the range goes backwards",
                "*/0 * * * *|the minute is \"*/0\": expected a step from 1 to 59",
                "*/60 * * * *|expected a step from 1 to 59",
                "*/ * * * *|the minute is \"*/\"",
                "1, * * * *|the minute is \"1,\"",
                "1-2-3 * * * *|the minute is \"1-2-3\"",
                "1.5 * * * *|the minute is \"1.5\"",
            })
    void namesTheFieldThatIsWrong(String cron, String message) {
        assertThat(CronSyntax.wrong(cron)).contains(message);
    }
}

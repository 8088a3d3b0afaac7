package dev.tiphys.gateway.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SnsAddressTest {
    private static final String CERTIFICATE =
            "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a1b2c3d.pem";

    @Test
    void aCertificateIsFetchedInTheRegionOfItsTopic() {
        assertThat(SnsAddress.certificate(CERTIFICATE, "arn:aws:sns:eu-west-1:123456789012:shop"))
                .contains(URI.create(CERTIFICATE));
        String chinese = "https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-1.pem";
        assertThat(SnsAddress.certificate(chinese, "arn:aws-cn:sns:cn-north-1:123456789012:shop"))
                .contains(URI.create(chinese));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "arn:aws:sns:us-east-1:123456789012:shop",
                "arn:aws:sns:eu-west:123456789012:shop",
                "arn:aws:sns::123456789012:shop",
                "arn:aws:sqs:eu-west-1:123456789012:shop",
                "shop",
                ""
            })
    void aCertificateIsNotFetchedForATopicOfAnotherRegion(String topic) {
        assertThat(SnsAddress.certificate(CERTIFICATE, topic)).isEmpty();
    }
}

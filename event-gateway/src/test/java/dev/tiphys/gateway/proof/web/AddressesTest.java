package dev.tiphys.gateway.proof.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.1.2.3",
                "0.0.0.0",
                "10.0.0.1",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "192.0.0.1",
                "192.0.2.1",
                "198.18.0.1",
                "198.51.100.1",
                "203.0.113.1",
                "224.0.0.1",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "fe80::1",
                "fc00::1",
                "fd00:ec2::254",
                "ff02::1",
                "::ffff:7f00:1",
                "::ffff:169.254.169.254",
                "::127.0.0.1",
                "::ffff:0:127.0.0.1",
                "fec0::1",
                "100::1",
                "64:ff9b:1::7f00:1",
                "64:ff9b::7f00:1",
                "2002:7f00:1::",
                "2001::1",
                "2001:db8::1"
            })
    void aHostInAPrivateNetworkIsNotAsked(String address) throws UnknownHostException {
        assertThat(Addresses.isPublic(InetAddress.getByName(address))).isFalse();
        Addresses addresses = resolving(address);
        assertThatThrownBy(() -> addresses.of(URI.create("https://issuer.example/keys")))
                .isInstanceOf(Addresses.NotAsked.class)
                .hasMessageContaining("not in the public network");
    }

    @ParameterizedTest
    @ValueSource(strings = {"8.8.8.8", "172.32.0.1", "100.128.0.1", "198.20.0.1", "2606:4700::1111"})
    void aPublicHostIsAsked(String address) throws Exception {
        Addresses.Place place = resolving(address).of(URI.create("https://Issuer.example/keys?a=b"));
        assertThat(place)
                .isEqualTo(new Addresses.Place(InetAddress.getByName(address), "issuer.example", 443, "/keys?a=b"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://issuer.example/",
                "file:///etc/passwd",
                "gopher://issuer.example/",
                "https://user@issuer.example/",
                "https:///keys",
                "https://127.0.0.1/",
                "https://2130706433/",
                "https://0x7f.1/",
                "https://0177.1/",
                "https://[::1]/",
                "https://localhost./",
                "https://[::ffff:7f00:1]/",
                "https://[::ffff:169.254.169.254]/latest/meta-data/",
                "https://169.254.169.254/latest/meta-data/",
                "https://0x7f000001/",
                "https://017700000001/",
                "https://127.1/",
                "https://127.0.0.1./",
                "https://0/",
                "https://1\u20e3/",
                "https://\uff11\uff12\uff17.\uff10.\uff10.\uff11/",
                "https://issuer.example@127.0.0.1/",
                "ftp://issuer.example/",
                "jar:https://issuer.example!/",
                "relative",
                "https:opaque"
            })
    void whatIsNoHttpsAddressOfANameIsNotAsked(String address) {
        Addresses addresses = resolving("8.8.8.8");
        assertThatThrownBy(() -> addresses.of(URI.create(address))).isInstanceOf(Addresses.NotAsked.class);
    }

    @Test
    void oneAddressInAPrivateNetworkAmongOthersIsEnough() throws UnknownHostException {
        InetAddress[] both = {InetAddress.getByName("8.8.8.8"), InetAddress.getByName("127.0.0.1")};
        Addresses addresses = new Addresses(_ -> both, Set.of());
        assertThatThrownBy(() -> addresses.of(URI.create("https://issuer.example/")))
                .isInstanceOf(Addresses.NotAsked.class);
    }

    @Test
    void aHostThatIsNamedMayBePrivate() throws Exception {
        Addresses addresses =
                new Addresses(_ -> new InetAddress[] {InetAddress.getByName("10.0.0.1")}, Set.of("inside.example"));
        assertThat(addresses.of(URI.create("https://inside.example:8443/")).port())
                .isEqualTo(8443);
        assertThatThrownBy(() -> addresses.of(URI.create("https://other.example/")))
                .isInstanceOf(Addresses.NotAsked.class);
    }

    private static Addresses resolving(String address) {
        return new Addresses(
                host -> new InetAddress[] {
                    InetAddress.getByName(Map.of("issuer.example", address).getOrDefault(host, "8.8.8.8"))
                },
                Set.of());
    }
}

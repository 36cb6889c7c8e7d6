package io.talospxe.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MacAddressTest {

    @ParameterizedTest
    @ValueSource(strings = {"52:54:00:ab:cd:ef", "52-54-00-ab-cd-ef", "525400abcdef", "52:54:00:AB:CD:EF"})
    void everyNotationIsTheSameAddress(String text) {
        MacAddress address = MacAddress.parse(text);
        assertThat(MacAddress.isMacAddress(text)).isTrue();
        assertThat(address.dashed()).isEqualTo("52-54-00-ab-cd-ef");
        assertThat(address).hasToString("52:54:00:ab:cd:ef").isEqualTo(new MacAddress("525400abcdef"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "52:54:00:12:34", "52:54:00:12:34:56:78", "52:54-00:12:34:56", "5254:00:12:34:56",
        "52:54:00:12:34:5g", " 525400123456"})
    void anythingElseIsRefusedInASentence(String text) {
        assertThat(MacAddress.isMacAddress(text)).isFalse();
        assertThatThrownBy(() -> MacAddress.parse(text)).isInstanceOf(IllegalArgumentException.class)
            .hasMessage("'" + text + "' is not a MAC address; write it as 52-54-00-12-34-56");
    }

    /** RFC 2131, section 2: chaddr has 16 bytes, of which Ethernet uses six. */
    @Test
    void theFirstSixBytesCountAndFewerAreNoAddress() {
        assertThat(MacAddress.of(new byte[] {0x52, 0x54, 0, 1, 2, (byte) 0xff, 9, 9})).hasToString("52:54:00:01:02:ff");
        assertThatThrownBy(() -> MacAddress.of(new byte[5])).isInstanceOf(IllegalArgumentException.class)
            .hasMessage("a MAC address has 6 bytes, not 5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "52:54:00:12:34:56", "525400ABCDEF"})
    void theRecordHoldsOneFormOnly(String hex) {
        assertThatThrownBy(() -> new MacAddress(hex)).isInstanceOf(IllegalArgumentException.class);
    }
}

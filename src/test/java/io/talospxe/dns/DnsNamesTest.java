package io.talospxe.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class DnsNamesTest {

    private final AtomicLong now = new AtomicLong();
    private final LabSite site = new LabSite("10.77.0.1", 24).leasing("10.77.0.1", 24).host("node1", "10.77.0.101").host("", "10.77.0.102");
    private final DnsNames names = new DnsNames("controlplane.talos.", site, now::get);

    @ParameterizedTest(name = "{0} {1}: {2}, {3}")
    @CsvSource({
        "node1.talos.,               A,    NOERROR,  node1.talos. A 10.77.0.101",
        "NODE1.Talos.,               A,    NOERROR,  node1.talos. A 10.77.0.101",
        "node1.talos.,               AAAA, NOERROR,  talos. SOA",
        "node1.talos.,               ANY,  NOERROR,  node1.talos. A 10.77.0.101",
        "talos-pxe.talos.,           A,    NOERROR,  talos-pxe.talos. A 10.77.0.1",
        "talos.,                     SOA,  NOERROR,  talos. SOA",
        "talos.,                     NS,   NOERROR,  talos. NS talos-pxe.talos.",
        "talos.,                     A,    NOERROR,  talos. SOA",
        "talos.,                     DS,   NOERROR,  talos. SOA",
        "talos.,                     ANY,  NOERROR,  talos. NS talos-pxe.talos.",
        "nobody.talos.,              A,    NXDOMAIN, talos. SOA",
        "nobody.talos.,              ANY,  NXDOMAIN, talos. SOA",
        "below.node1.talos.,         A,    NXDOMAIN, talos. SOA",
        "controlplane.talos.,        TXT,  NOERROR,  talos. SOA",
        "101.0.77.10.in-addr.arpa.,  PTR,  NOERROR,  101.0.77.10.in-addr.arpa. PTR node1.talos.",
        "1.0.77.10.in-addr.arpa.,    PTR,  NOERROR,  1.0.77.10.in-addr.arpa. PTR talos-pxe.talos.",
        "101.0.77.10.in-addr.arpa.,  A,    NOERROR,  0.77.10.in-addr.arpa. SOA",
        "102.0.77.10.in-addr.arpa.,  PTR,  NXDOMAIN, 0.77.10.in-addr.arpa. SOA",
        "9.0.77.10.in-addr.arpa.,    PTR,  NXDOMAIN, 0.77.10.in-addr.arpa. SOA",
        "x.1.0.77.10.in-addr.arpa.,  PTR,  NXDOMAIN, 0.77.10.in-addr.arpa. SOA",
        "0.77.10.in-addr.arpa.,      SOA,  NOERROR,  0.77.10.in-addr.arpa. SOA",
        "0.77.10.in-addr.arpa.,      NS,   NOERROR,  0.77.10.in-addr.arpa. NS talos-pxe.talos.",
    })
    void aNameIsAnsweredWithItsRecordsOrWithTheZoneThatLacksThem(String name, String type, String rcode, String record) throws IOException {
        assertThat(names.authority(Name.fromConstantString(name))).isNotEqualTo(DnsNames.Authority.OTHER);
        Message answer = answer(names, name, type);
        assertThat(Rcode.string(answer.getRcode())).isEqualTo(rcode);
        assertThat(answer.getHeader().getFlag(Flags.AA)).isTrue();
        boolean negative = record.endsWith("SOA") && !type.equals("SOA");
        assertThat(texts(answer, negative ? Section.AUTHORITY : Section.ANSWER)).containsExactly(record);
        assertThat(texts(answer, negative ? Section.ANSWER : Section.AUTHORITY)).isEmpty();
    }

    @Test
    void everyRecordLivesForFiveSecondsSoThatAMoveIsSoonKnown() throws IOException {
        for (String name : List.of("node1.talos.", "nobody.talos.", "talos.")) {
            assertThat(answer(names, name, "A").getSection(name.equals("node1.talos.") ? Section.ANSWER : Section.AUTHORITY))
                .isNotEmpty().allMatch(record -> record.getTTL() == 5);
        }
        assertThat(((SOARecord) answer(names, "nobody.talos.", "A").getSection(Section.AUTHORITY).get(0)).getMinimum()).isEqualTo(5);
    }

    @Test
    void theNameServersAddressComesWithItsName() throws IOException {
        assertThat(texts(answer(names, "talos.", "NS"), Section.ADDITIONAL)).containsExactly("talos-pxe.talos. A 10.77.0.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"example.com.", "talosx.", ".", "com.", "77.10.in-addr.arpa.", "1.1.77.10.in-addr.arpa.",
        "1.0.77.010.in-addr.arpa.",
        "1.0.77.999.in-addr.arpa.", "x.77.10.in-addr.arpa.", "in-addr.arpa.", "8.8.8.8.in-addr.arpa.", "example.talos.com."})
    void otherNamesAreOthersBusiness(String name) {
        assertThat(names.authority(Name.fromConstantString(name))).isEqualTo(DnsNames.Authority.OTHER);
    }

    @Test
    void ofASmallerNetworkNoMoreOfTheReverseTreeIsOursThanItHas() {
        DnsNames small = new DnsNames("controlplane.talos.", new LabSite("10.77.0.129", 25).leasing("10.77.0.129", 25), now::get);
        assertThat(small.authority(Name.fromConstantString("130.0.77.10.in-addr.arpa."))).isEqualTo(DnsNames.Authority.OURS);
        assertThat(small.authority(Name.fromConstantString("5.0.77.10.in-addr.arpa."))).isEqualTo(DnsNames.Authority.OTHER);
        assertThat(small.authority(Name.fromConstantString("0.77.10.in-addr.arpa."))).isEqualTo(DnsNames.Authority.OTHER);
    }

    @Test
    void inProxyRoleOnlyOurOwnAndTheControlPlanesReverseNamesAreOurs() throws IOException {
        DnsNames proxy = new DnsNames("controlplane.talos.", new LabSite("10.77.0.1", 24).controlPlane("10.77.0.9"), now::get);
        assertThat(texts(answer(proxy, "1.0.77.10.in-addr.arpa.", "PTR"), Section.ANSWER)).containsExactly(
            "1.0.77.10.in-addr.arpa. PTR talos-pxe.talos.");
        assertThat(texts(answer(proxy, "9.0.77.10.in-addr.arpa.", "PTR"), Section.ANSWER)).containsExactly(
            "9.0.77.10.in-addr.arpa. PTR controlplane.talos.");
        assertThat(texts(answer(proxy, "9.0.77.10.in-addr.arpa.", "A"), Section.AUTHORITY)).containsExactly("9.0.77.10.in-addr.arpa. SOA");
        assertThat(proxy.authority(Name.fromConstantString("8.0.77.10.in-addr.arpa."))).isEqualTo(DnsNames.Authority.OTHER);
        assertThat(proxy.authority(Name.fromConstantString("0.77.10.in-addr.arpa."))).isEqualTo(DnsNames.Authority.OTHER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"api.example.com", "api.example.com.", "API.Example.com"})
    void aControlPlaneElsewhereIsAZoneOfItsOwnAndHidesNothingBesideIt(String configured) throws IOException {
        DnsNames elsewhere = new DnsNames(configured, site, now::get);
        assertThat(elsewhere.authority(Name.fromConstantString("api.example.com."))).isEqualTo(DnsNames.Authority.CONTROL_PLANE);
        assertThat(elsewhere.authority(Name.fromConstantString("www.example.com."))).isEqualTo(DnsNames.Authority.OTHER);
        assertThat(elsewhere.authority(Name.fromConstantString("example.com."))).isEqualTo(DnsNames.Authority.OTHER);
        assertThat(texts(answer(elsewhere, "below.api.example.com.", "A"), Section.AUTHORITY)).containsExactly("api.example.com. SOA");
        assertThat(texts(answer(elsewhere, "api.example.com.", "NS"), Section.ANSWER))
            .containsExactly("api.example.com. NS talos-pxe.talos.");
    }

    @Test
    void aNameBetweenTheZoneAndAControlPlaneExists() throws IOException {
        DnsNames deep = new DnsNames("api.one.talos.", site, now::get);
        assertThat(answer(deep, "one.talos.", "A").getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(answer(deep, "two.talos.", "A").getRcode()).isEqualTo(Rcode.NXDOMAIN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "10.0.0.5", "a b", "-a.talos", "a..b", "control_plane.talos"})
    void aControlPlaneWhoseNameNoHostCanHaveIsRefusedInASentence(String configured) {
        assertThatThrownBy(() -> new DnsNames(configured, site, now::get)).isInstanceOf(IllegalArgumentException.class)
            .hasMessage("'" + configured + "' is not a host name; use one like controlplane.talos");
    }

    @Test
    void addressesThatOthersChooseAreAnsweredAndNoneMeansThatTheNameHasNone() throws IOException {
        Query query = Queries.of("controlplane.talos.", "A");
        Message two = read(names.answer(query, List.of(LabSite.ip("10.77.0.9"), LabSite.ip("10.77.0.8"))), query);
        assertThat(texts(two, Section.ANSWER)).containsExactly("controlplane.talos. A 10.77.0.9", "controlplane.talos. A 10.77.0.8");
        Message none = read(names.answer(query, List.of()), query);
        assertThat(none.getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(texts(none, Section.AUTHORITY)).containsExactly("talos. SOA");
    }

    @Test
    void ofTwoMachinesWithOneNameTheOneWithTheLaterLeaseHasIt() throws IOException {
        site.host("twin", "10.77.0.120", Instant.parse("2026-11-23T10:00:00Z")).host("TWIN.lan", "10.77.0.121",
            Instant.parse("2026-11-23T11:00:00Z"))
            .host("twin", "10.77.0.122", Instant.parse("2026-11-23T09:00:00Z"));
        assertThat(texts(answer(names, "twin.talos.", "A"), Section.ANSWER)).containsExactly("twin.talos. A 10.77.0.121");
        assertThat(answer(names, "120.0.77.10.in-addr.arpa.", "PTR").getRcode()).isEqualTo(Rcode.NXDOMAIN);
        assertThat(answer(names, "121.0.77.10.in-addr.arpa.", "PTR").getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(answer(names, "122.0.77.10.in-addr.arpa.", "PTR").getRcode()).isEqualTo(Rcode.NXDOMAIN);
    }

    @Test
    void noMachineTakesTheClustersNameOrOursByCallingItselfSo() throws IOException {
        site.host("controlplane", "10.77.0.66").host("talos-pxe", "10.77.0.66");
        assertThat(texts(answer(names, "talos-pxe.talos.", "A"), Section.ANSWER)).containsExactly("talos-pxe.talos. A 10.77.0.1");
        assertThat(texts(answer(names, "controlplane.talos.", "A"), Section.ANSWER)).isEmpty();
        assertThat(answer(names, "66.0.77.10.in-addr.arpa.", "PTR").getRcode()).isEqualTo(Rcode.NXDOMAIN);
    }

    @Test
    void aNewLeaseIsKnownWithinASecondAndChangesTheSerial() throws IOException {
        long before = serial();
        site.host("late", "10.77.0.130");
        now.addAndGet(TimeUnit.SECONDS.toNanos(1));
        assertThat(texts(answer(names, "late.talos.", "A"), Section.ANSWER)).containsExactly("late.talos. A 10.77.0.130");
        assertThat(serial()).isEqualTo(before + 1);
        now.addAndGet(TimeUnit.SECONDS.toNanos(1));
        assertThat(serial()).isEqualTo(before + 1);
    }

    @Test
    void whoAsksForEverythingAboutAForeignNameIsToldThatThisIsNotDone() throws IOException {
        Query query = Queries.of("example.com.", "ANY");
        assertThat(texts(read(names.minimalAny(query), query), Section.ANSWER)).containsExactly("example.com. HINFO \"RFC8482\" \"\"");
    }

    private long serial() throws IOException {
        return ((SOARecord) answer(names, "talos.", "SOA").getSection(Section.ANSWER).get(0)).getSerial();
    }

    private Message answer(DnsNames of, String name, String type) throws IOException {
        Query query = Queries.of(name, type);
        return read(of.answer(query), query);
    }

    private Message read(Answer answer, Query query) throws IOException {
        return new Message(answer.to(query, now.get()).bytes());
    }

    private static List<String> texts(Message message, int section) {
        return message.getSection(section).stream().map(DnsNamesTest::text).collect(Collectors.toList());
    }

    private static String text(Record record) {
        String head = record.getName().toString().toLowerCase() + " " + Type.string(record.getType());
        return record instanceof SOARecord ? head : head + " " + record.rdataToString();
    }
}

package io.talospxe.dhcp;

import java.net.Inet4Address;
import java.util.Collection;
import java.util.Optional;

/**
 * Who has which address. One record for each address and at most one for each client: saving a client's lease on a new address forgets
 * its record on the old one. Safe for several threads.
 */
public interface LeaseStore {

    /** The client's record, in whatever state. */
    Optional<Lease> byClient(String client);

    /** The address's record, in whatever state. */
    Optional<Lease> byAddress(Inet4Address address);

    /** Records a lease in place of what stood for its address and for its client. When this returns, the record is kept. */
    void save(Lease lease);

    /** All records in no particular order, as they are now. */
    Collection<Lease> all();
}

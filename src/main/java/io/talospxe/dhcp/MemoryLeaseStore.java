package io.talospxe.dhcp;

import java.net.Inet4Address;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Leases that last as long as the process. */
public final class MemoryLeaseStore implements LeaseStore {

    private final Map<Inet4Address, Lease> byAddress = new HashMap<>();
    private final Map<String, Lease> byClient = new HashMap<>();

    @Override
    public synchronized Optional<Lease> byClient(String client) {
        return Optional.ofNullable(byClient.get(client));
    }

    @Override
    public synchronized Optional<Lease> byAddress(Inet4Address address) {
        return Optional.ofNullable(byAddress.get(address));
    }

    @Override
    public synchronized void save(Lease lease) {
        Lease displaced = byAddress.put(lease.address(), lease);
        if (displaced != null) {
            byClient.remove(displaced.client(), displaced);
        }
        Lease former = byClient.put(lease.client(), lease);
        if (former != null && !former.address().equals(lease.address())) {
            byAddress.remove(former.address(), former);
        }
    }

    @Override
    public synchronized Collection<Lease> all() {
        return List.copyOf(byAddress.values());
    }
}

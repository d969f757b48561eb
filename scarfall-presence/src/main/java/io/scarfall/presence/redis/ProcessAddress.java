package io.scarfall.presence.redis;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;

/** The address of this process, for people who look for it. */
final class ProcessAddress {

    private ProcessAddress() {}

    /** Such as {@code 10.0.0.11, process 4711}. Asks no name server. */
    static String text() {
        return address() + ", process " + ProcessHandle.current().pid();
    }

    private static String address() {
        try {
            List<InetAddress> addresses = NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                    .toList();
            return addresses.stream()
                    .filter(Inet4Address.class::isInstance)
                    .findFirst()
                    .or(() -> addresses.stream().findFirst())
                    .map(InetAddress::getHostAddress)
                    .orElse("127.0.0.1");
        } catch (SocketException e) {
            return "unknown address";
        }
    }
}

package io.scarfall.gateway.internal.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.gateway.Delivery;
import io.scarfall.gateway.internal.message.Recipient;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The ack of a message, byte by byte, and as the library returns it. */
class DeliveryTest {

    private static final int ALICE = 0;
    private static final int BOB = 1;
    private static final int CAROL = 2;

    private final Outcomes outcomes = new Outcomes(3);
    private final Delivery delivery = new SettledDelivery(
            "id",
            Instant.ofEpochMilli(0),
            List.of(Recipient.of("alice"), Recipient.of("bob"), Recipient.of("carol")),
            outcomes);

    private String reply() {
        return delivery.reply().json().utf8();
    }

    private static String ofSent(String recipients) {
        return ("{'status':'sent','messageId':'id','recipients':{" + recipients
                        + "},'timestamp':'1970-01-01T00:00:00.000Z'}")
                .replace('\'', '"');
    }

    @Test
    void omitsEmptyLists() {
        outcomes.sent(ALICE);
        outcomes.sent(CAROL);
        assertThat(reply()).isEqualTo(ofSent("'total':3,'sent':['alice','carol'],'failed':['bob']"));
        assertThat(delivery.uncertain()).isEmpty();
        assertThat(delivery.partial()).isEmpty();
    }

    @Test
    void aUserWhoIsUncertainOnOneNodeAndSentOnAnotherIsPartial() {
        outcomes.uncertain(ALICE);
        outcomes.sent(ALICE);
        outcomes.uncertain(BOB);
        assertThat(reply())
                .isEqualTo(ofSent("'total':3,'sent':['alice'],'failed':['bob','carol'],"
                        + "'uncertain':['bob'],'partial':['alice']"));
        assertThat(delivery.uncertain()).containsExactly("bob");
        assertThat(delivery.partial()).containsExactly("alice");
    }

    @Test
    void aUserThatOneNodeDidNotReachIsPartialOnlyIfAnotherNodeDid() {
        outcomes.unconfirmed(ALICE);
        outcomes.unconfirmed(BOB);
        outcomes.sent(BOB);
        outcomes.sent(CAROL);
        assertThat(reply()).isEqualTo(ofSent("'total':3,'sent':['bob','carol'],'failed':['alice'],'partial':['bob']"));
    }

    @Test
    void withoutTheStoreAllOfSentArePartial() {
        outcomes.sent(ALICE);
        outcomes.sent(BOB);
        outcomes.degraded();
        assertThat(reply())
                .isEqualTo(ofSent("'total':3,'sent':['alice','bob'],'failed':['carol'],'partial':['alice','bob']"));
    }

    @Test
    void partialIsEmptyIfNoUserWasReached() {
        outcomes.degraded();
        outcomes.unconfirmed(ALICE);
        assertThat(reply())
                .isEqualTo(("{'status':'error','error':'could not look up where the recipients are',"
                                + "'code':'unavailable','messageId':'id','recipients':{'total':3,'sent':[],"
                                + "'failed':['alice','bob','carol']},'timestamp':'1970-01-01T00:00:00.000Z'}")
                        .replace('\'', '"'));
    }
}

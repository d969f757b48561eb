package io.scarfall.gateway.internal.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.scarfall.engineio.Bytes;
import io.scarfall.gateway.DeliveryConfig;
import io.scarfall.gateway.InvalidMessageException;
import io.scarfall.socketio.packet.Arguments;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SendMessageTest {
    private static final DeliveryConfig LIMITS =
            new DeliveryConfig(20, 10, 30, 60, 1 << 20, 10, Duration.ofSeconds(1), Duration.ofSeconds(1));

    @Test
    void keepsMessageAndMetadataUnchanged() {
        SendMessage message =
                read("{ \"recipientIds\" : [ \"bob\" , \"c\\u00e9line\" ] , \"message\" : \"h\\u00e9 \\n\" ,"
                        + " \"more\" : [1, {}], \"metadata\" : { \"n\": 1.50 } }");

        assertThat(message.recipients()).extracting(Recipient::id).containsExactly("bob", "céline");
        assertThat(message.recipients())
                .extracting(r -> r.json().utf8())
                .containsExactly("\"bob\"", "\"c\\u00e9line\"");
        assertThat(message.message().utf8()).isEqualTo("\"h\\u00e9 \\n\"");
        assertThat(message.metadata().utf8()).isEqualTo("{ \"n\": 1.50 }");
    }

    @Test
    void theLastOfRepeatedMembersCounts() {
        SendMessage message = read("{'recipientIds':['a'],'message':'1','recipientIds':['b'],'message':'2'}");

        assertThat(message.recipients()).extracting(Recipient::id).containsExactly("b");
        assertThat(message.message().utf8()).isEqualTo("\"2\"");
    }

    @Test
    void anEmptyMessageIsRefusedAndABlankOneIsNot() {
        assertThatExceptionOfType(InvalidMessageException.class)
                .isThrownBy(() -> read("{'recipientIds':['a'],'message':''}"))
                .withMessage("message: empty (expected: a string with at least one character)");
        assertThat(read("{'recipientIds':['a'],'message':' '}").message().utf8())
                .isEqualTo("\" \"");
        assertThat(read("{'recipientIds':['a'],'message':'','message':'2'}")
                        .message()
                        .utf8())
                .isEqualTo("\"2\"");
    }

    @Test
    void namesEachRecipientOnce() {
        String many = IntStream.range(0, 60).mapToObj(i -> "'u" + i % 20 + "'").collect(Collectors.joining(","));

        assertThat(read("{'recipientIds':['a','b','\\u0061','a'],'message':'x'}")
                        .recipients())
                .extracting(Recipient::id)
                .containsExactly("a", "b");
        assertThat(read("{'recipientIds':[" + many + "],'message':'x'}").recipients())
                .hasSize(20);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{'recipientIds':['a'],'message':'x'}", "{'recipientIds':['a'],'message':'x','metadata':null}"})
    void metadataMayBeMissing(String json) {
        assertThat(read(json).metadata().utf8()).isEqualTo("{}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'source':'internal_service'} | {}",
                "{'a':1,'source':'x','b':{'source':'kept'}} | {'a':1,'b':{'source':'kept'}}",
                "{'source':1,'source':2,'a':1} | {'a':1}",
                "{ 'a' : 1 , 'senderId' : 'eve' , 'c' : [ 2 ] } | {'a' : 1,'c' : [ 2 ]}",
                "{'\\u0073ource':'x','s\\u006furce':'y','a':1} | {'a':1}",
                "{'sender':{'i':1},'sender_id':'eve','userId':'eve','':7} | {'':7}",
                "{'':1,'sourc':2,'sources':3,'Source':4} | {'':1,'sourc':2,'sources':3,'Source':4}",
                "{'a\\\\':1,'\\\"source':2} | {'a\\\\':1,'\\\"source':2}",
            })
    void dropsClaimsAboutTheSourceInMetadata(String metadata, String kept) {
        SendMessage message = read("{'recipientIds':['a'],'message':'x','metadata':" + metadata + "}");

        assertThat(message.metadata().utf8()).isEqualTo(kept.replace('\'', '"'));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | {'source':'internal_service'}",
                "{'source':'x'} | {'source':'internal_service'}",
                "{'a':1,'source':'x','userId':'kept'} | {'source':'internal_service','a':1,'userId':'kept'}",
                "{'s\\u006furce':'x','b':2} | {'source':'internal_service','b':2}",
            })
    void marksMessagesOfServices(String metadata, String marked) {
        SendMessage message = SendMessage.read(
                arguments("{'recipientIds':['a'],'message':'x','metadata':" + metadata + "}"), LIMITS, true);

        assertThat(message.metadata().utf8()).isEqualTo(marked.replace('\'', '"'));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "                                                                   | message: malformed",
                "null                                                               | message: malformed",
                "[]                                                                 | message: malformed",
                "'send'                                                             | message: malformed",
                "{}                                                                 | recipientIds: empty",
                "{'message':'x'}                                                    | recipientIds: empty",
                "{'recipientIds':[],'message':'x'}                                  | recipientIds: empty",
                "{'recipientIds':'a','message':'x'}                                 | recipientIds: not an array",
                "{'recipientIds':{'0':'a'},'message':'x'}                           | recipientIds: not an array",
                "{'recipientIds':null,'message':'x'}                                | recipientIds: not an array",
                "{'recipientIds':['a',7.0],'message':'x'}                           | recipientIds: an element is not an id",
                "{'recipientIds':[['a']],'message':'x'}                             | recipientIds: an element is not an id",
                "{'recipientIds':['a']}                                             | message: missing",
                "{'recipientIds':['a'],'message':null}                              | message: not a string",
                "{'recipientIds':['a'],'message':7}                                 | message: not a string",
                "{'recipientIds':['a'],'message':{'text':'x'}}                      | message: not a string",
                "{'recipientIds':['a'],'message':'1234567890123456789012345678901'} | message: 33 bytes (expected: at most 30)",
                "{'recipientIds':['a'],'message':'x','metadata':[]}                 | metadata: not an object",
                "{'recipientIds':['a'],'message':'x','metadata':'y'}                | metadata: not an object",
                "{'recipientIds':['a'],'message':'x','metadata':{'m':'123456789012345678901234567890123456789012345678901234567'}}"
                        + " | metadata: 65 bytes (expected: at most 60)",
            })
    void refusesOtherArguments(String json, String error) {
        assertThatExceptionOfType(InvalidMessageException.class)
                .isThrownBy(() -> read(json == null ? "" : json))
                .withMessageStartingWith(error);
    }

    @Test
    void refusesTooManyRecipientsAndBinaryData() {
        String many = IntStream.range(0, 21).mapToObj(i -> "'u" + i + "'").collect(Collectors.joining(","));

        assertThatExceptionOfType(InvalidMessageException.class)
                .isThrownBy(() -> read("{'recipientIds':[" + many + "],'message':'x'}"))
                .withMessageContaining("at most 20");
        assertThatExceptionOfType(InvalidMessageException.class)
                .isThrownBy(() ->
                        SendMessage.read(new Arguments(Bytes.utf8("{}"), List.of(Bytes.utf8("x"))), LIMITS, false))
                .withMessageContaining("binary");
    }

    private static SendMessage read(String json) {
        return SendMessage.read(arguments(json), LIMITS, false);
    }

    private static Arguments arguments(String json) {
        return new Arguments(Bytes.utf8(json.replace('\'', '"')), List.of());
    }
}

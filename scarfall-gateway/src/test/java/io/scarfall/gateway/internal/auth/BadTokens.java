package io.scarfall.gateway.internal.auth;

import io.scarfall.gateway.JwtAlgorithm;
import io.scarfall.gateway.TokenRefusedException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tokens that a gateway with a trusted issuer must refuse at {@link #NOW}: malformed, forged, or signed but not allowed. */
public final class BadTokens {
    public static final long NOW = 1_800_000_000;
    public static final String GOOD = "{'sub':'alice','exp':1800000060}";

    /** The order of P-256. */
    private static final BigInteger P256_ORDER =
            new BigInteger("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", 16);

    /** The order of Ed25519's base point. */
    private static final BigInteger ED25519_ORDER =
            BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));

    /** Shared, because creating keys is slow. */
    private static final Map<String, Issuer> STRANGERS = Stream.of(JwtAlgorithm.values())
            .map(Issuer::of)
            .collect(Collectors.toUnmodifiableMap(Issuer::toString, Function.identity()));

    private static final Issuer SHORT_RSA = Issuer.rsa(1024);

    /** One bad token, and its error code. */
    public record BadToken(String what, String token, String code) {
        @Override
        public String toString() {
            return what;
        }
    }

    private final Issuer issuer;
    private final String url;
    private final List<BadToken> all = new ArrayList<>();

    private BadTokens(Issuer issuer, String url) {
        this.issuer = issuer;
        this.url = url;
    }

    /** @param url an address that must get no request */
    public static List<BadToken> of(Issuer issuer, String url) {
        BadTokens tokens = new BadTokens(issuer, url);
        tokens.malformed();
        tokens.encodings();
        tokens.signatures();
        tokens.algorithms();
        tokens.headers();
        tokens.keysOfTheToken();
        tokens.claims();
        switch (issuer.algorithm) {
            case "HS256" -> tokens.ofSecrets();
            case "RS256" -> tokens.ofRsa();
            case "ES256" -> tokens.ofP256();
            default -> tokens.ofEd25519();
        }
        return List.copyOf(tokens.all);
    }

    private void add(String what, String token) {
        all.add(new BadToken(issuer.algorithm + " " + what, token, TokenRefusedException.INVALID));
    }

    private void claims(String what, String claims) {
        add(what, issuer.sign(claims));
    }

    private void header(String what, String members) {
        add(what, issuer.sign("{'alg':'" + issuer.algorithm + "'," + members + "}", GOOD));
    }

    private String good() {
        return issuer.sign(GOOD);
    }

    /** The same header and claims with another signature. */
    private void signature(String what, byte[] signature) {
        add(what, text() + "." + Issuer.base64(signature));
    }

    private String text() {
        String good = good();
        return good.substring(0, good.lastIndexOf('.'));
    }

    private void malformed() {
        String good = good();
        String[] parts = good.split("\\.");
        add("nothing", "");
        add("white space", " ");
        add("no token", "alice");
        add("two parts", parts[0] + "." + parts[1]);
        add("four parts", good + ".x");
        add("five parts, as if encrypted", parts[0] + ".." + parts[1] + "." + parts[2] + "." + parts[2]);
        add("an empty part behind", good + ".");
        add("an empty part in front", "." + good);
        add("empty parts", "..");
        add("no header", "." + parts[1] + "." + parts[2]);
        add("no claims", parts[0] + ".." + parts[2]);
        add("no signature", parts[0] + "." + parts[1] + ".");
        add("the scheme in front", "Bearer " + good);
        add(
                "a JSON serialization",
                "{\"payload\":\"" + parts[1] + "\",\"protected\":\"" + parts[0] + "\",\"signature\":\"" + parts[2]
                        + "\"}");
        add("quotation marks", "\"" + good + "\"");
        add("dots", ".".repeat(8_000));
        claims("too long", "{'sub':'alice','exp':1800000060,'x':'" + "x".repeat(8_192) + "'}");
    }

    private void encodings() {
        String good = good();
        String[] parts = good.split("\\.");
        add("no base64", "ä.ö.ü");
        add("white space in front", " " + good);
        add("line break behind", good + "\n");
        add("line break within", issuer.signParts(parts[0], parts[1].substring(0, 8) + "\n" + parts[1].substring(8)));
        add("white space within", issuer.signParts(parts[0] + " ", parts[1]));
        add("zero within", issuer.signParts(parts[0], parts[1] + "\0"));
        add("percent signs", issuer.signParts(parts[0] + "%3D", parts[1]));
        add("padded header", issuer.signParts(padded(issuer.header() + " "), parts[1]));
        add("padded claims", issuer.signParts(parts[0], padded(GOOD)));
        add("padded signature", good + "=");
        add(
                "another alphabet",
                issuer.signParts(
                        parts[0],
                        Base64.getEncoder()
                                .withoutPadding()
                                .encodeToString("{\"sub\":\"alice\",\"exp\":1800000060,\"x\":\"???>>>~~~\"}"
                                        .getBytes(StandardCharsets.UTF_8))));
        add("claims of another spelling", issuer.signParts(parts[0], respelled(GOOD)));
        add(
                "UTF-16",
                issuer.signParts(parts[0], Issuer.base64(GOOD.replace('\'', '"').getBytes(StandardCharsets.UTF_16BE))));
        add(
                "malformed UTF-8",
                issuer.signParts(
                        parts[0],
                        Issuer.base64(
                                "{\"sub\":\"alic\u00e9\",\"exp\":1800000060}".getBytes(StandardCharsets.ISO_8859_1))));
        add("byte order mark", issuer.sign("\uFEFF" + GOOD));
    }

    private void signatures() {
        byte[] good = issuer.signature(text());
        byte[] changed = good.clone();
        changed[0] ^= 1;
        byte[] last = good.clone();
        last[last.length - 1] ^= 1;
        byte[] ones = new byte[good.length];
        Arrays.fill(ones, (byte) 0xFF);
        signature("changed signature", changed);
        signature("signature changed at its end", last);
        signature("short signature", Arrays.copyOf(good, good.length - 1));
        signature("half a signature", Arrays.copyOf(good, good.length / 2));
        signature("signature of one byte", Arrays.copyOf(good, 1));
        signature("long signature", Arrays.copyOf(good, good.length + 1));
        signature("long signature in front", concat(new byte[1], good));
        signature("signature twice", concat(good, good));
        signature("signature of zeros", new byte[good.length]);
        signature("signature of ones", ones);
        signature("signature of other claims", issuer.signature("x"));
        add(
                "changed claims",
                Issuer.part(issuer.header()) + "." + Issuer.part(GOOD.replace("alice", "bob")) + "."
                        + Issuer.base64(good));
        add(
                "changed header",
                Issuer.part(issuer.header().replace("JWT", "jwt")) + "." + Issuer.part(GOOD) + "."
                        + Issuer.base64(good));
    }

    private void algorithms() {
        String good = good();
        String signature = good.substring(good.lastIndexOf('.') + 1);
        for (String none : List.of("none", "None", "NONE", "nOnE", " none", "none ", "none\\u0000", "\\u006eone")) {
            String header = "{'alg':'" + none + "'}";
            add("alg [" + none + "], no signature", Issuer.part(header) + "." + Issuer.part(GOOD) + ".");
            add("alg [" + none + "], old signature", Issuer.part(header) + "." + Issuer.part(GOOD) + "." + signature);
            add("alg [" + none + "], signed", issuer.sign(header, GOOD));
        }
        for (String other : List.of(
                "'HS256'",
                "'HS384'",
                "'HS512'",
                "'RS256'",
                "'RS384'",
                "'RS512'",
                "'PS256'",
                "'ES256'",
                "'ES384'",
                "'ES256K'",
                "'EdDSA'",
                "'Ed25519'",
                "'Ed448'",
                "'dir'",
                "'RSA-OAEP'",
                "''",
                "'*'",
                "1",
                "true",
                "null",
                "['" + issuer.algorithm + "']",
                "{'x':'" + issuer.algorithm + "'}",
                "'" + issuer.algorithm.toLowerCase(java.util.Locale.ROOT) + "'",
                "'" + issuer.algorithm + " '")) {
            boolean own = other.equals("'" + issuer.algorithm + "'")
                    || (issuer.algorithm.equals("EdDSA") && other.equals("'Ed25519'"));
            if (!own) {
                add("alg " + other, issuer.sign("{'alg':" + other + "}", GOOD));
            }
        }
        add("no alg", issuer.sign("{'typ':'JWT'}", GOOD));
        add("alg of another case", issuer.sign("{'ALG':'" + issuer.algorithm + "'}", GOOD));
        if (!issuer.algorithm.equals("HS256")) {
            confusions();
        }
    }

    /** All public data that a careless server may use as a secret. */
    private void confusions() {
        String pem = issuer.pem();
        byte[] der = issuer.keys.getPublic().getEncoded();
        List<byte[]> secrets = List.of(
                pem.getBytes(StandardCharsets.UTF_8),
                pem.strip().getBytes(StandardCharsets.UTF_8),
                pem.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8),
                pem.replaceAll("-----.*-----|\n", "").getBytes(StandardCharsets.UTF_8),
                der,
                issuer.jwk("").replace('\'', '"').getBytes(StandardCharsets.UTF_8),
                new byte[0]);
        for (int i = 0; i < secrets.size(); i++) {
            add(
                    "HS256 by the public key, form " + i,
                    Issuer.hs256(secrets.get(i)).sign(GOOD));
            add(
                    "own alg, by a secret that is the public key, form " + i,
                    Issuer.hs256(secrets.get(i)).sign(issuer.header(), GOOD));
        }
    }

    private void headers() {
        header("crit unknown", "'crit':['x'],'x':1");
        header("crit b64", "'crit':['b64'],'b64':true");
        header("crit exp", "'crit':['exp'],'exp':1800000060");
        header("crit empty", "'crit':[]");
        header("crit null", "'crit':null");
        header("b64 false", "'b64':false");
        header("b64 false and crit", "'crit':['b64'],'b64':false");
        add("unencoded claims", detached());
        header("zip", "'zip':'DEF'");
        header("kid is a number", "'kid':1");
        header("kid null", "'kid':null");
        header("kid is an array", "'kid':['a']");
        header("kid too long", "'kid':'" + "k".repeat(257) + "'");
        header("alg twice", "'alg':'" + issuer.algorithm + "'");
        header("alg twice, none last", "'alg':'none'");
        header("alg twice, written otherwise", "'\\u0061lg':'" + issuer.algorithm + "'");
        header("kid twice", "'kid':'a','kid':'b'");
        header("deeply nested", "'x':" + "[".repeat(1_000) + "]".repeat(1_000));
        add("header is an array", issuer.sign("[]", GOOD));
        add("header is a string", issuer.sign("'" + issuer.algorithm + "'", GOOD));
        add("header is null", issuer.sign("null", GOOD));
        add("header is not JSON", issuer.sign("{", GOOD));
        add("two headers", issuer.sign(issuer.header() + issuer.header(), GOOD));
        add("header with a comment", issuer.sign("/* */" + issuer.header(), GOOD));
        add("header with a comma behind", issuer.sign("{'alg':'" + issuer.algorithm + "',}", GOOD));
    }

    /** RFC 7797: the signed text contains the claims unencoded. */
    private String detached() {
        String header = Issuer.part("{'alg':'" + issuer.algorithm + "','b64':false,'crit':['b64']}");
        return header + ".." + Issuer.base64(issuer.signature(header + "." + GOOD.replace('\'', '"')));
    }

    /** Signed with a foreign key that the token contains or links to. */
    private void keysOfTheToken() {
        Issuer other = stranger();
        String alg = "{'alg':'" + issuer.algorithm + "',";
        String jwk = other.keys == null ? "{'kty':'oct','k':'YXR0YWNrZXI'}" : other.jwk("'kid':'x',");
        add("another's key", other.sign(GOOD));
        add("jwk", other.sign(alg + "'jwk':" + jwk + "}", GOOD));
        add("jwk and kid", other.sign(alg + "'kid':'x','jwk':" + jwk + "}", GOOD));
        add("jku", other.sign(alg + "'jku':'" + url + "/keys'}", GOOD));
        add("jku and kid", other.sign(alg + "'kid':'x','jku':'" + url + "/keys'}", GOOD));
        add("x5u", other.sign(alg + "'x5u':'" + url + "/certificate'}", GOOD));
        add("x5c", other.sign(alg + "'x5c':['MIIB']}", GOOD));
        add("x5t", other.sign(alg + "'x5t':'AAAA','x5t#S256':'AAAA'}", GOOD));
        for (String kid : List.of(
                "/dev/null",
                "../../../../etc/passwd",
                "file:///dev/null",
                url + "/keys",
                "' OR '1'='1",
                "x' UNION SELECT 'key",
                "| whoami",
                "x\\u0000",
                "x\\r\\ny",
                "",
                "*",
                "__proto__",
                "k".repeat(256))) {
            String header = "{\"alg\":\"" + issuer.algorithm + "\",\"kid\":\"" + kid + "\"}";
            String claims = Issuer.part(GOOD);
            add("kid [" + kid + "]", other.signParts(Issuer.base64(header.getBytes(StandardCharsets.UTF_8)), claims));
        }
        add(
                "kid of a file, which is empty",
                Issuer.hs256(new byte[0]).sign("{'alg':'" + issuer.algorithm + "','kid':'/dev/null'}", GOOD));
    }

    private Issuer stranger() {
        return STRANGERS.getOrDefault(issuer.algorithm, Issuer.hs256("attacker".getBytes(StandardCharsets.UTF_8)));
    }

    private void claims() {
        claims("claims are an array", "[]");
        claims("claims are a string", "'alice'");
        claims("claims are null", "null");
        claims("claims are not JSON", "{");
        claims("claims are empty", "{}");
        claims("claims twice", GOOD + GOOD);
        claims("claims with something behind", GOOD + "x");
        claims("a token within a token", "'" + good() + "'");
        claims("sub twice", "{'sub':'bob','sub':'alice','exp':1800000060}");
        claims("sub twice, written otherwise", "{'sub':'bob','s\\u0075b':'alice','exp':1800000060}");
        claims("exp twice", "{'sub':'alice','exp':1,'exp':1800000060}");
        claims("a name twice within a claim", "{'sub':'alice','exp':1800000060,'x':{'a':1,'a':2}}");
        claims("nested arrays", "{'sub':'alice','exp':1800000060,'x':" + "[".repeat(2_000) + "]".repeat(2_000) + "}");
        claims(
                "nested objects",
                "{'sub':'alice','exp':1800000060,'x':" + "{'a':".repeat(600) + "1" + "}".repeat(600) + "}");
        claims("nested without an end", "{'sub':'alice','exp':1800000060,'x':" + "[".repeat(5_000));
        claims("no exp", "{'sub':'alice'}");
        for (String exp : List.of(
                "null",
                "'1800000060'",
                "'never'",
                "''",
                "true",
                "false",
                "[1800000060]",
                "[]",
                "{'x':1}",
                "NaN",
                "Infinity",
                "-Infinity",
                "1e400",
                "-1e400",
                "1e999999999",
                "1E+2147483648",
                "99999999999999999999",
                "9223372036854775808",
                "9223372036854775807",
                "-9223372036854775809",
                "0x6B49D200",
                "01800000060",
                "+1800000060",
                "1800000060.",
                "9".repeat(999),
                "9".repeat(1_001),
                "9".repeat(4_000))) {
            claims("exp " + (exp.length() < 40 ? exp : exp.length() + " digits"), "{'sub':'alice','exp':" + exp + "}");
        }
        for (String time : List.of("'today'", "true", "[]", "{}", "1e400", "99999999999999999999", "NaN")) {
            claims("nbf " + time, "{'sub':'alice','exp':1800000060,'nbf':" + time + "}");
            claims("iat " + time, "{'sub':'alice','exp':1800000060,'iat':" + time + "}");
        }
        all.add(new BadToken(
                issuer.algorithm + " iat in the future",
                issuer.sign("{'sub':'alice','exp':1800000060,'iat':1800000030}"),
                TokenRefusedException.NOT_YET_VALID));
        all.add(new BadToken(
                issuer.algorithm + " nbf in the future",
                issuer.sign("{'sub':'alice','exp':1800000060,'nbf':1800000010}"),
                TokenRefusedException.NOT_YET_VALID));
        for (String exp : List.of("1799999990", "0", "-1", "-9223372036854775", "1.5", "1.7e9")) {
            all.add(new BadToken(
                    issuer.algorithm + " expired " + exp,
                    issuer.sign("{'sub':'alice','exp':" + exp + "}"),
                    TokenRefusedException.EXPIRED));
        }
        claims("no sub", "{'exp':1800000060}");
        claims("sub of another case", "{'Sub':'alice','exp':1800000060}");
        for (String sub : List.of(
                "null",
                "''",
                "1.0",
                "1e3",
                "true",
                "{'id':'alice'}",
                "['alice']",
                "'" + "x".repeat(513) + "'",
                "'a\\nb'",
                "'a\\u0000b'",
                "'a\\u007fb'",
                "'a\\u0085b'",
                "'a\\ud800'",
                "'\\udc00a'")) {
            claims("sub " + (sub.length() < 40 ? sub : sub.length() + " long"), "{'sub':" + sub + ",'exp':1800000060}");
        }
    }

    private void ofSecrets() {
        byte[] secret = Issuer.SECRET.getBytes(StandardCharsets.UTF_8);
        add("HS384", text("HS384") + "." + Issuer.base64(Issuer.mac("HmacSHA384", secret, text("HS384"))));
        add("HS512", text("HS512") + "." + Issuer.base64(Issuer.mac("HmacSHA512", secret, text("HS512"))));
        signature("SHA-384 by the name of HS256", Issuer.mac("HmacSHA384", secret, text()));
        signature("SHA-1 by the name of HS256", Issuer.mac("HmacSHA1", secret, text()));
        for (String other : List.of("", "secret", Issuer.SECRET.substring(1), Issuer.SECRET + Issuer.SECRET, "null")) {
            add(
                    "other secret [" + other.length() + "]",
                    Issuer.hs256(other.getBytes(StandardCharsets.UTF_8)).sign(GOOD));
        }
        for (Issuer other : STRANGERS.values()) {
            add("signed by " + other, other.sign(GOOD));
            add(
                    "signed by " + other + " with its jwk",
                    other.sign("{'alg':'" + other.algorithm + "','jwk':" + other.jwk("") + "}", GOOD));
        }
    }

    private String text(String algorithm) {
        return Issuer.part("{'alg':'" + algorithm + "'}") + "." + Issuer.part(GOOD);
    }

    private void ofRsa() {
        RSAPublicKey key = (RSAPublicKey) issuer.keys.getPublic();
        int size = key.getModulus().bitLength() / 8;
        signature("SHA-1", issuer.signature("SHA1withRSA", text()));
        signature("SHA-512", issuer.signature("SHA512withRSA", text()));
        add("RS384", text("RS384") + "." + Issuer.base64(issuer.signature("SHA384withRSA", text("RS384"))));
        add("RS512", text("RS512") + "." + Issuer.base64(issuer.signature("SHA512withRSA", text("RS512"))));
        signature("the number 1", Issuer.fixed(BigInteger.ONE, size));
        signature("the modulus", Issuer.fixed(key.getModulus(), size));
        signature("the modulus less one", Issuer.fixed(key.getModulus().subtract(BigInteger.ONE), size));
        signature(
                "more than the modulus",
                Issuer.fixed(new BigInteger(1, issuer.signature(text())).add(key.getModulus()), size + 1));
        add("a key of 1,024 bits", SHORT_RSA.sign(GOOD));
    }

    private void ofP256() {
        byte[] good = issuer.signature(text());
        byte[] r = Arrays.copyOf(good, 32);
        byte[] s = Arrays.copyOfRange(good, 32, 64);
        byte[] n = Issuer.fixed(P256_ORDER, 32);
        byte[] one = Issuer.fixed(BigInteger.ONE, 32);
        signature("r and s zero, in their DER form", new byte[] {0x30, 6, 2, 1, 0, 2, 1, 0});
        signature("r zero", concat(new byte[32], s));
        signature("s zero", concat(r, new byte[32]));
        signature("r and s the order", concat(n, n));
        signature("r zero, s the order", concat(new byte[32], n));
        signature("r and s one", concat(one, one));
        signature("s and r", concat(s, r));
        signature("DER", issuer.signature("SHA256withECDSA", text()));
        signature("SHA-1", issuer.signature("SHA1withECDSAinP1363Format", text()));
        signature("SHA-512", issuer.signature("SHA512withECDSAinP1363Format", text()));
        signature("33 bytes each", concat(concat(new byte[1], r), concat(new byte[1], s)));
        KeyPair p384 = Issuer.ec("secp384r1");
        signature("P-384", Issuer.signature("SHA256withECDSAinP1363Format", p384, text()));
        add(
                "ES384",
                text("ES384") + "."
                        + Issuer.base64(Issuer.signature("SHA384withECDSAinP1363Format", p384, text("ES384"))));
    }

    private void ofEd25519() {
        byte[] good = issuer.signature(text());
        byte[] r = Arrays.copyOf(good, 32);
        BigInteger s = new BigInteger(1, reversed(Arrays.copyOfRange(good, 32, 64)));
        signature("S beyond the order", concat(r, reversed(Issuer.fixed(s.add(ED25519_ORDER), 32))));
        signature("S zero", concat(r, new byte[32]));
        byte[] neutral = new byte[64];
        neutral[0] = 1;
        signature("R the neutral point, S zero", neutral);
        KeyPair ed448 = Issuer.pair("Ed448");
        signature("Ed448", Issuer.signature("Ed448", ed448, text()));
        add("Ed448 by name", text("Ed448") + "." + Issuer.base64(Issuer.signature("Ed448", ed448, text("Ed448"))));
        add("alg EDDSA", issuer.sign("{'alg':'EDDSA'}", GOOD));
        add("alg ed25519", issuer.sign("{'alg':'ed25519'}", GOOD));
    }

    private static String padded(String json) {
        String padded =
                Base64.getUrlEncoder().encodeToString(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        return padded.endsWith("=") ? padded : padded(json + " ");
    }

    /** Changes unused bits of the last character. */
    private static String respelled(String json) {
        String digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        String text = padded(json).replace("=", "");
        int last = digits.indexOf(text.charAt(text.length() - 1));
        return text.substring(0, text.length() - 1) + digits.charAt(last ^ 1);
    }

    private static byte[] concat(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return reversed;
    }
}

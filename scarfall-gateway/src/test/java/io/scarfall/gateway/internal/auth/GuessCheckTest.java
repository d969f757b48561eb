package io.scarfall.gateway.internal.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuessCheckTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "abababababababababababababababab",
                "abcabcabcabcabcabcabcabcabcabcabcabc",
                "secretsecretsecretsecret",
                "secretsecretsecretsecretsecretsecretsecret",
                "SecretSECRETsecretSecretSECRETsecret",
                "secret-secret-secret-secret-secret",
                "secret1secret2secret3secret4secret5",
                "changemechangeme",
                "changemechangemechangemechangeme",
                "ChangeThisInProduction!!!!!!!!!!",
                "your-256-bit-secret-your-256-bit-secret",
                "a-string-secret-at-least-256-bits-long",
                "passwordpasswordpasswordpassword",
                "password123password123password123",
                "adminadminadminadminadminadmin12",
                "this is a secret this is a secret",
                "qwertyuiopasdfghjklzxcvbnm123456",
                "qwertyuiop[]asdfghjkl",
                "poiuytrewqlkjhgfdsamnbvcxz",
                "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,",
                "0123456789abcdef0123456789abcdef",
                "0123456789abcdef",
                "1234567890123456",
                "abcdefghijklmnopqrstuvwxyz012345",
                "zyxwvutsrqponmlkjihgfedcba987654",
                "abcdefgh12345678abcdefgh12345678",
                "k9Xk9Xk9Xk9Xk9Xk9Xk9Xk9Xk9Xk9Xk9X",
                "Zq8Lw2Xr6TZq8Lw2Xr6TZq8Lw2Xr6TZq",
                "internal-service-secret",
                "aaaabbbbccccddddeeeeffffgggghhhh",
                "scarfallscarfallscarfallscarfall",
                "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
            })
    void commonPatternsAreGuessable(String secret) {
        assertThat(GuessCheck.isGuessable(secret)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Wv7Kp2Zt9Qx4Ls6N",
                "a-very-long-key-of-the-orders",
                "a secret of the tests, 32 bytes or more",
                "Bk2Tq9VxYw7ZpLm4Rs8Nd1Fh6Jc3Gu5E",
                "correct horse battery staple and some more",
            })
    void textsOfManyRandomChoicesAreNotGuessable(String secret) {
        assertThat(GuessCheck.isGuessable(secret)).isFalse();
    }

    @Test
    void randomSecretsAreAccepted() {
        Random random = new Random(9); // the same secrets in each run
        byte[] bytes = new byte[48];
        int refused = 0;
        for (int i = 0; i < 10_000; i++) {
            random.nextBytes(bytes);
            assertThat(GuessCheck.isGuessable(HexFormat.of().formatHex(bytes, 0, 32)))
                    .isFalse();
            assertThat(GuessCheck.isGuessable(Base64.getEncoder().encodeToString(bytes)))
                    .isFalse();
            assertThat(GuessCheck.isGuessable(
                            Base64.getUrlEncoder().encodeToString(bytes).substring(0, 16)))
                    .isFalse();
            refused += GuessCheck.isGuessable(HexFormat.of().formatHex(bytes, 0, 8)) ? 1 : 0;
        }
        assertThat(refused)
                .as("hexadecimal keys of 16 digits, some with few different digits")
                .isLessThan(500);
    }

    @Test
    void aLongTextIsCheckedQuickly() {
        assertThat(GuessCheck.isGuessable("0123456789abcdefghijk".repeat(50_000)))
                .isFalse();
    }
}

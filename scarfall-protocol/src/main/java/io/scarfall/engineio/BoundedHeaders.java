package io.scarfall.engineio;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;

/**
 * Headers of a request, bounded in number. They are counted while they are parsed, because a parsed header takes many
 * times the memory of its bytes.
 */
final class BoundedHeaders extends DefaultHttpHeaders {

    private final int max;

    /** A request has too many headers. It has no stack trace, because clients may cause it as often as they like. */
    static final class TooManyException extends RuntimeException {

        private static final long serialVersionUID = 1;

        TooManyException(int max) {
            super("too many headers (expected: at most " + max + ")", null, false, false);
        }
    }

    private BoundedHeaders(int max) {
        this.max = max;
    }

    static HttpHeadersFactory factory(int max) {
        return new HttpHeadersFactory() {
            @Override
            public HttpHeaders newHeaders() {
                return new BoundedHeaders(max);
            }

            @Override
            public HttpHeaders newEmptyHeaders() {
                return new BoundedHeaders(max);
            }
        };
    }

    @Override
    public HttpHeaders add(CharSequence name, Object value) {
        if (size() >= max) {
            throw new TooManyException(max);
        }
        return super.add(name, value);
    }
}

package dev.tiphys.engine.work.jenkins;

import java.net.http.HttpHeaders;

/** An answer of Jenkins, its body bounded. */
final class JenkinsAnswer {
    private final int status;
    private final HttpHeaders headers;
    private final byte[] body;
    private final boolean whole;

    /** @param whole whether the body is all that Jenkins sent */
    JenkinsAnswer(int status, HttpHeaders headers, byte[] body, boolean whole) {
        this.status = status;
        this.headers = headers;
        this.body = body;
        this.whole = whole;
    }

    int status() {
        return status;
    }

    HttpHeaders headers() {
        return headers;
    }

    byte[] body() {
        return body;
    }

    boolean whole() {
        return whole;
    }

    boolean isOk() {
        return status >= 200 && status < 300;
    }
}

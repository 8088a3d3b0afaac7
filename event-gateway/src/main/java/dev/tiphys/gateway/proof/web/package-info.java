/** Fetches what senders publish: keys, certificates, and the address at which SNS is told that it may send. */
@NullMarked
package dev.tiphys.gateway.proof.web;

import org.jspecify.annotations.NullMarked;

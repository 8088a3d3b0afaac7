package dev.tiphys.contracts.payload;

/**
 * The data of a record on the log. Each concrete record carries its CloudEvents type in {@link EventType} and is listed in
 * {@code EventTypes}; a released type does not change: a new field is optional, a new meaning is a new type.
 */
public interface Payload {}

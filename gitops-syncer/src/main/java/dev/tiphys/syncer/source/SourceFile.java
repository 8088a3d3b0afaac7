package dev.tiphys.syncer.source;

/**
 * A file at a commit.
 *
 * @param path from the root of the repository
 * @param blobId the id of its content: equal ids are equal bytes
 * @param bytes nobody changes them
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier between two calls, compared by nobody
public record SourceFile(String path, String blobId, byte[] bytes) {}

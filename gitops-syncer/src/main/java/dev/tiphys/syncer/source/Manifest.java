package dev.tiphys.syncer.source;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One object as the repository wants it.
 *
 * @param tree nobody changes it: parsed files are shared between applications and syncs
 * @param file the path in the repository
 * @param line where its document (or its item of a List) begins in the file, from 1
 */
public record Manifest(ObjectRef ref, ObjectNode tree, String file, int line) {}

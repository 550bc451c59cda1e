package io.lockstep.driver.spark;

import io.lockstep.common.data.StreamKind;
import java.util.Iterator;

/**
 * One stream as a task receives it.
 *
 * @param stream its number, from 0
 * @param kind what it is for
 * @param rows its rows in the order of their ranks, in the form of {@code common.data}; to be read
 *     once, before the next stream is asked for
 */
public record StreamRows(int stream, StreamKind kind, Iterator<byte[]> rows) {}

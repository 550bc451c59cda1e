/**
 * The examples as both sides know them: the bytes of a row, what distinguishes a stream, how values
 * are scaled, what a model was trained on.
 *
 * <p>A row's content is what was parsed, before any scaling:
 *
 * <pre>
 *   UINT8    | feature 0 | feature 1 | ...  one byte each   | label 0 | label 1 | ... | weight |
 *   FLOAT32  | feature 0 | feature 1 | ...  float32 LE each | label 0 | label 1 | ... | weight |
 * </pre>
 *
 * Labels and weight are float32, little-endian. A source has as many label numbers a row as its
 * label has: one for a class or a value, none where nothing is to be predicted, one a token or
 * pixel; a class that is not known, among several, is -1. The weight is there where the source has
 * one.
 *
 * <p>All rows of a source have one length, so that the order of their bytes is a total order.
 * Imports {@code common.config}, {@code common.tokenizer} and Jackson. Read {@link
 * io.lockstep.common.data.ExampleForm} first.
 */
@NullMarked
package io.lockstep.common.data;

import org.jspecify.annotations.NullMarked;

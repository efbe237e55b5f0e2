/** Files that people take for weights, by how they begin. */

const TO_SAFETENSORS =
  'in Python, safetensors.torch.save_file(model.state_dict(), "weights.safetensors") writes one';

const formats: readonly (readonly [start: readonly number[], name: string, hint: string])[] = [
  [
    [0x50, 0x4b, 0x03, 0x04], // PK
    "a zip archive, as PyTorch's .pt and .pth and NumPy's .npz are",
    TO_SAFETENSORS,
  ],
  [[0x80, 0x02], "a pickle, as old .pt and .pth files of PyTorch are", TO_SAFETENSORS],
  [[0x80, 0x04, 0x95], "a pickle of Python", TO_SAFETENSORS],
  [
    [0x89, 0x48, 0x44, 0x46], // HDF
    "an HDF5 file, as Keras's .h5 is",
    "write its weights as safetensors, in PyTorch's order of axes",
  ],
  [
    [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], // NUMPY
    "a NumPy .npy file",
    "safetensors.numpy.save_file({name: array}, path) writes one with names",
  ],
  [[0x1f, 0x8b], "a gzip file", "unzip it first"],
];

/**
 * What a file is by its first bytes, once it is known not to be one of safetensors: its header may
 * have a length that begins with the same bytes. Null for one that may be of any kind.
 */
export function otherFormat(
  bytes: Uint8Array,
): { readonly name: string; readonly hint: string } | null {
  const found = formats.find(([start]) => start.every((byte, i) => bytes[i] === byte));
  return found === undefined ? null : { name: found[1], hint: found[2] };
}

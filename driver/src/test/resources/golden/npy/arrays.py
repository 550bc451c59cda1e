"""Makes the arrays beside this file. Made with NumPy 2.4.6: python arrays.py

Every array of features holds the same numbers, x[i, j, k] = 10 i + 3 j + k - 5 (without the - 5 where
unsigned) for shape (3, 2, 2), every array of labels 2, 0, 1.
"""

import io

import numpy as np
from numpy.lib import format as npy

i, j, k = np.indices((3, 2, 2))
x = 10 * i + 3 * j + k

for name in ["u1", "<u2", ">u4", "i1", "<i2", "<i4", ">i4", "<i8", ">i8", "<f4", ">f4", "<f8", ">f8"]:
    dtype = np.dtype(name)
    values = (x if dtype.kind == "u" else x - 5).astype(dtype)
    np.save(name.replace("<", "le-").replace(">", "be-") + ".npy", values)

np.save("fortran.npy", np.asfortranarray((x - 5).astype("<f4")))
np.save("bool.npy", x % 2 == 0)
for version in [(2, 0), (3, 0)]:
    with open(f"version-{version[0]}.npy", "wb") as out:
        npy.write_array(out, (x - 5).astype("<f4"), version=version)
np.save("labels.npy", np.array([2, 0, 1]))
np.savez("packed.npz", train=(x - 5).astype("<f4"), target=np.array([2, 0, 1], ">i4"))
np.savez_compressed("deflated.npz", train=np.asfortranarray((x - 5).astype("<f8")), target=np.array([2, 0, 1], "u1"))
np.save("complex.npy", np.zeros((3, 4), "c8"))
np.save("half.npy", np.zeros((3, 4), "f2"))
np.save("structure.npy", np.zeros(3, [("a", "<f4"), ("b", "<i4")]))

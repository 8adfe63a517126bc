// Files → a zip archive that stores them as they are.

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n;
});

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ byte) & 0xff];
  return (crc ^ 0xffffffff) >>> 0;
}

/** Little-endian fields of 2 or 4 bytes, as `[size, value]`. */
function packed(fields) {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [size]) => sum + size, 0)));
  let at = 0;
  for (const [size, value] of fields) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  }
  return new Uint8Array(view.buffer);
}

/** A zip archive of `[{ name, content }]`, text as UTF-8. */
function zip(files) {
  const encoder = new TextEncoder();
  const local = [],
    central = [];
  let offset = 0,
    listed = 0;
  const put = (list, ...parts) => {
    list.push(...parts);
    return parts.reduce((sum, part) => sum + part.length, 0);
  };
  for (const { name, content } of files) {
    const path = encoder.encode(name),
      bytes = encoder.encode(content);
    // version 2.0, names in UTF-8, stored, the first of January 1980, sum, sizes
    const common = [
      [2, 20],
      [2, 0x0800],
      [2, 0],
      [2, 0],
      [2, 0x21],
      [4, crc32(bytes)],
      [4, bytes.length],
      [4, bytes.length],
      [2, path.length],
      [2, 0],
    ];
    const place = [
      [2, 0],
      [2, 0],
      [2, 0],
      [4, 0],
      [4, offset],
    ];
    offset += put(local, packed([[4, 0x04034b50], ...common]), path, bytes);
    listed += put(central, packed([[4, 0x02014b50], [2, 20], ...common, ...place]), path);
  }
  const end = packed([
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, files.length],
    [2, files.length],
    [4, listed],
    [4, offset],
    [2, 0],
  ]);
  return new Blob([...local, ...central, end], { type: "application/zip" });
}

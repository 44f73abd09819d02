/* Unpack the page's data: base64 -> inflate -> named sections. The layout is told in maps/payload.py. */
(function () {
  "use strict";
  var atlas = (window.ClusterAtlas = window.ClusterAtlas || {});

  function bytesOfBase64(text) {
    var binary = atob(text);
    var bytes = new Uint8Array(binary.length);
    for (var i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
    return bytes;
  }

  /* Browsers before 2020 (2023 for Firefox) lack DecompressionStream; fflate does it in 3x the time. */
  async function inflate(bytes) {
    if (typeof DecompressionStream === "function" && !atlas.withoutStreams) {
      var stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
      return new Uint8Array(await new Response(stream).arrayBuffer());
    }
    return window.fflate.unzlibSync(bytes);
  }

  function Payload(bytes) {
    var view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    var length = view.getUint32(0, true);
    this.text = new TextDecoder("utf-8");
    this.bytes = bytes;
    this.base = 4 + length;
    this.sections = {};
    var header = JSON.parse(this.text.decode(bytes.subarray(4, 4 + length)));
    for (var i = 0; i < header.length; i++) this.sections[header[i].name] = header[i];
  }

  Payload.prototype.has = function (name) {
    return Object.prototype.hasOwnProperty.call(this.sections, name);
  };

  Payload.prototype._bytesOf = function (name) {
    if (!this.has(name)) throw new Error("no section " + name);
    var section = this.sections[name];
    var start = this.base + section.offset;
    return this.bytes.subarray(start, start + section.length);
  };

  Payload.prototype.json = function (name) {
    return JSON.parse(this.text.decode(this._bytesOf(name)));
  };

  Payload.prototype.strings = function (name) {
    if (this.has(name + ".values")) return this._decoded(name);
    return this.sections[name].count === 0 ? [] : this.text.decode(this._bytesOf(name)).split("\n");
  };

  Payload.prototype._decoded = function (name) {
    var values = this.json(name + ".values");
    var codes = this.unsigned(name);
    var out = new Array(codes.length);
    for (var i = 0; i < codes.length; i++) out[i] = values[codes[i]];
    return out;
  };

  /* Sections are not aligned, so numbers are copied out before they are viewed. */
  Payload.prototype.unsigned = function (name) {
    var kinds = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array };
    var copy = this._bytesOf(name).slice();
    return new kinds[this.sections[name].kind](copy.buffer);
  };

  Payload.prototype.delta = function (name) {
    var bytes = this._bytesOf(name);
    var count = this.sections[name].count;
    var out = new Int32Array(count);
    var last = 0;
    for (var i = 0; i < count; i++) {
      var zigzag =
        bytes[i] | (bytes[i + count] << 8) | (bytes[i + 2 * count] << 16) | (bytes[i + 3 * count] << 24);
      last = (last + ((zigzag >>> 1) ^ -(zigzag & 1))) | 0;
      out[i] = last;
    }
    return out;
  };

  atlas.readPayload = async function (elementId) {
    var element = document.getElementById(elementId);
    var bytes = await inflate(bytesOfBase64(element.textContent.trim()));
    element.textContent = "";
    return new Payload(bytes);
  };
})();

// Makes a photo as small as it is shown, before it is sent. Without script it goes as it is, up to a megabyte.
"use strict";

const MOST = 480;
const field = document.querySelector("#photo");

field?.addEventListener("change", async () => {
  const [file] = field.files;
  if (!file) return;
  try {
    const picture = await createImageBitmap(file);
    const side = Math.min(picture.width, picture.height);
    const size = Math.min(side, MOST);
    const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
    const left = (picture.width - side) / 2;
    const top = (picture.height - side) / 2;
    canvas.getContext("2d").drawImage(picture, left, top, side, side, 0, 0, size, size);
    const small = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    const files = new DataTransfer();
    files.items.add(new File([small], "photo.jpg", { type: "image/jpeg" }));
    if (field.files[0] === file) field.files = files.files;
  } catch {
    // No picture that this browser knows: the answer to the form says so.
  }
});

// Files in the talk: what came is shown or can be downloaded, what leaves is made smaller first where it is a picture.

const LONGEST = 2000; // pixels of a side; a letter can still be read
const QUALITY = 0.85;

/** Draw a picture anew: smaller, upright, and without what the camera wrote beside it. Anything else stays as it is. */
export async function smaller(file) {
  if (!file.type.startsWith("image/")) return file;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * scale)));
    const brush = canvas.getContext("2d");
    brush.fillStyle = "white"; // behind what is transparent
    brush.fillRect(0, 0, canvas.width, canvas.height);
    brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return (await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY))) ?? file;
  } catch {
    return file; // the server looks at it too
  }
}

/** Show a file that came with a message. */
export function shown({ name, shown: how }, address, label) {
  const box = document.createElement("div");
  box.className = "file";
  if (how) {
    const element = document.createElement(how === "picture" ? "img" : "audio");
    element.src = address;
    if (how === "picture") element.alt = label;
    else Object.assign(element, { controls: true, preload: "none", ariaLabel: label });
    box.append(element);
  }
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.textContent = name ? `${label}: ${name}` : label;
  box.append(link);
  return box;
}

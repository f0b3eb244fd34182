// What belongs to the desktop: remembers what it was told, so that tests can look, and answers as a
// person who closes every dialog would.
export class Menu {
  static #application = null;
  items;
  constructor(items) {
    this.items = items;
  }
  static buildFromTemplate(template) {
    return new Menu(
      template.map((item) => ({
        ...item,
        submenu: item.submenu ? Menu.buildFromTemplate(item.submenu) : undefined,
      })),
    );
  }
  static setApplicationMenu(menu) {
    Menu.#application = menu;
  }
  static getApplicationMenu() {
    return Menu.#application;
  }
  getMenuItemById(id) {
    for (const item of this.items) {
      const found = item.id === id ? item : item.submenu?.getMenuItemById(id);
      if (found) return found;
    }
    return null;
  }
}

export const dialog = {
  showOpenDialog: async () => ({ canceled: true, filePaths: [] }),
  showMessageBox: async () => ({ response: 0 }),
  showErrorBox: (title, text) => process.stderr.write(`${title}: ${text}\n`),
};

export const shell = {
  standin: { shown: [] },
  showItemInFolder(path) {
    shell.standin.shown.push(path);
  },
};

let lastBlocker = 0;
export const powerSaveBlocker = {
  standin: { active: new Set(), started: 0 },
  start() {
    lastBlocker += 1;
    powerSaveBlocker.standin.started += 1;
    powerSaveBlocker.standin.active.add(lastBlocker);
    return lastBlocker;
  },
  stop: (id) => powerSaveBlocker.standin.active.delete(id),
  isStarted: (id) => powerSaveBlocker.standin.active.has(id),
};

const area = { x: 0, y: 0, width: 1920, height: 1080 };
export const screen = {
  getAllDisplays: () => [{ id: 1, bounds: area, workArea: area, scaleFactor: 1 }],
};

/** Side of an image, from the header of a PNG (ISO/IEC 15948 section 11.2.2). */
const imageOf = (size) => ({
  isEmpty: () => size.width === 0,
  getSize: () => size,
  resize: ({ height }) =>
    imageOf({ width: Math.round((size.width * height) / Math.max(1, size.height)), height }),
});
export const nativeImage = {
  createFromBuffer(buffer) {
    const isPng = buffer.subarray(1, 4).toString('latin1') === 'PNG';
    return imageOf(
      isPng
        ? { width: buffer.readUInt32BE(16), height: buffer.readUInt32BE(20) }
        : { width: 0, height: 0 },
    );
  },
};

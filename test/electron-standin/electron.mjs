// The stand-in's `electron` module: the names that main.js imports, and the door for the tests.
import { app } from './app.mjs';
import { dialog, Menu, nativeImage, powerSaveBlocker, screen, shell } from './desktop.mjs';
import { ipcMain } from './ipc.mjs';
import { protocol, session } from './session.mjs';
import { listenToTests } from './tests-door.mjs';
import { utilityProcess } from './utility-process.mjs';
import { BrowserWindow } from './window.mjs';

export {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  nativeImage,
  powerSaveBlocker,
  protocol,
  screen,
  session,
  shell,
  utilityProcess,
};

listenToTests({
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  nativeImage,
  powerSaveBlocker,
  protocol,
  screen,
  session,
  shell,
  utilityProcess,
});

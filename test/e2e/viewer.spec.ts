/**
 * The viewer on its own page, against computed tiles: what is on the screen is compared with the value
 * that each pixel must have. A 100-megapixel image unless said otherwise.
 */
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import {
  EVEN,
  REMOVED,
  scanValue,
  sourceColour,
  startViewerHarness,
  type ViewerHarness,
} from './viewer-harness.ts';
import {
  drive,
  look,
  nextFrames,
  openViewer,
  settled,
  type Picture,
  type Rgb,
} from './viewer-page.ts';

test.use({ viewport: { width: 1200, height: 800 } });
// Each has a page of its own, and nothing that another one left: the longest file is shared by all workers.
test.describe.configure({ mode: 'parallel' });

let harness: ViewerHarness;
test.beforeAll(async () => {
  harness = await startViewerHarness();
});
test.afterAll(() => harness.close());
test.beforeEach(() => {
  harness.requests.length = 0;
  harness.failing = true;
});

/** Measured, not asserted: another machine is faster or slower. */
const say = (what: string): void => void process.stdout.write(`    ${what}\n`);

const source = (x: number, y: number, level = 0): Rgb => {
  const [red, green, blue] = sourceColour(level, x, y);
  return [red, green, blue];
};
const cleaned = (x: number, y: number, level = 0): Rgb => {
  const [red, green, blue] = source(x, y, level);
  return [red - REMOVED.red, green - REMOVED.green, blue];
};

/**
 * Which painter the browser has: WebGL as on a machine with a GPU (here it runs on the processor, which
 * the viewer would otherwise decline), or none.
 */
const offer = (page: Page, painter: 'webgl' | '2d'): Promise<unknown> =>
  page.addInitScript(`
    const original = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (kind, options) {
      if (kind.startsWith('webgl') && ${painter === '2d'}) return null;
      return original.call(this, kind, { ...options, failIfMajorPerformanceCaveat: false });
    };
    const parameter = WebGL2RenderingContext.prototype.getParameter;
    WebGL2RenderingContext.prototype.getParameter = function (name) {
      const value = parameter.call(this, name);
      return typeof value === 'string' ? value.replaceAll('SwiftShader', 'test') : value;
    };`);

/** At 100 % about the middle of 12,000 × 8,400 in 1,200 × 800, the first pixel is this one. */
const LEFT = 5400;
const TOP = 3800;

/** Points spread over a region, away from the labels at the top. */
const spread = (from: { left: number; right: number }, height = 800): [x: number, y: number][] =>
  Array.from({ length: 200 }, (_, index) => [
    from.left + Math.floor(((index * 7919) % 1000) * ((from.right - from.left) / 1000)),
    60 + Math.floor(((index * 104_729) % 1000) * ((height - 61) / 1000)),
  ]);

const atFull = async (page: Page, query = ''): Promise<Picture> => {
  await openViewer(page, harness.url, query);
  await settled(page);
  await drive(page, (state) => state.viewer!.setZoom(1));
  await settled(page);
  return look(page);
};

for (const painter of ['webgl', '2d'] as const)
  test.describe(`pixels, drawn with ${painter}`, () => {
    test.beforeEach(({ page }) => offer(page, painter));

    test('at 100 % every display pixel is exactly one image pixel', async ({ page }) => {
      const picture = await atFull(page, '?mode=original');
      expect(await drive(page, (state) => state.viewer!.statistics().painter)).toBe(painter);
      for (const [x, y] of spread({ left: 0, right: 1200 }))
        expect(picture.at(x, y), `display pixel ${x}, ${y}`).toEqual(source(LEFT + x, TOP + y));
      expect(await drive(page, (state) => state.visible)).toEqual({
        x: LEFT,
        y: TOP,
        width: 1200,
        height: 800,
      });
    });

    for (const zoom of [3, 1.37, 2.61])
      test(`at ${zoom * 100} % every display pixel is the image pixel below its middle`, async ({
        page,
      }) => {
        await atFull(page, '?mode=original');
        await drive(page, (state, value) => state.viewer!.setZoom(value), zoom);
        await settled(page);
        const picture = await look(page);
        // Middle 6000, 4200 at display 600, 400, and no rounding of the origin. A middle that lies on the line between two pixels is of either.
        const under = (at: number): number => 6000 + at / zoom;
        const onLine = (at: number): boolean => Math.abs(under(at) - Math.round(under(at))) < 0.02;
        for (let y = 60; y < 800; y += 7)
          for (let x = 0; x < 1200; x++) {
            const [across, down] = [x + 0.5 - 600, y + 0.5 - 400];
            if (onLine(across) || onLine(down)) continue;
            const [column, row] = [Math.floor(under(across)), Math.floor(under(down)) - 1800];
            if (picture.at(x, y).join() !== source(column, row).join())
              expect(picture.at(x, y), `display pixel ${x}, ${y}`).toEqual(source(column, row));
          }
      });

    test('turned and flipped, it is the same pixels elsewhere, and the divider stands upright', async ({
      page,
    }) => {
      await atFull(page, '?divider=0.3');
      for (const mirrored of [false, true]) {
        await drive(
          page,
          (state, flip) => state.view.orient({ turns: 1, mirrored: flip }),
          mirrored,
        );
        await settled(page);
        const picture = await look(page);
        // A quarter to the right: rows run down from the right edge; the middle stays where it was.
        const under = (x: number, y: number) =>
          [LEFT + 200 + (mirrored ? 799 - y : y), TOP - 200 + 1199 - x] as const;
        for (const [x, y] of spread({ left: 0, right: 340 }))
          expect(picture.at(x, y), `left, ${x}, ${y}`).toEqual(source(...under(x, y)));
        for (const [x, y] of spread({ left: 380, right: 1200 }))
          expect(picture.at(x, y), `right, ${x}, ${y}`).toEqual(cleaned(...under(x, y)));
      }
      expect(await drive(page, (state) => state.visible)).toEqual({
        ...{ x: LEFT + 200, y: TOP - 200, width: 800, height: 1200 },
      });
    });

    test('split shows the original left of the divider and the result right of it', async ({
      page,
    }) => {
      const picture = await atFull(page, '?divider=0.3');
      // The line itself takes 358 to 361, the grip more about the middle of the height.
      for (const [x, y] of [...spread({ left: 0, right: 358 }), [357, 700] as const])
        if (y < 380 || y > 420 || x < 340)
          expect(picture.at(x, y)).toEqual(source(LEFT + x, TOP + y));
      for (const [x, y] of [...spread({ left: 362, right: 1200 }), [362, 700] as const])
        if (y < 380 || y > 420 || x > 380)
          expect(picture.at(x, y)).toEqual(cleaned(LEFT + x, TOP + y));
    });

    test('the residual is 0.5 + gain · (source − result)', async ({ page }) => {
      await atFull(page, '?mode=residual');
      for (const gain of [1, 4, 16]) {
        await drive(page, (state, value) => void (state.gain = value), gain);
        await settled(page);
        const picture = await look(page);
        const expected = [REMOVED.red, REMOVED.green, REMOVED.blue].map((value) =>
          Math.min(255, Math.max(0, 127.5 + gain * value)),
        );
        for (const [x, y] of spread({ left: 0, right: 1200 }).slice(0, 60))
          for (let channel = 0; channel < 3; channel++)
            expect(Math.abs(picture.at(x, y)[channel]! - expected[channel]!)).toBeLessThanOrEqual(
              0.5,
            );
      }
    });

    test('a scan in 16 bits looks as it does in 8, in every comparison and at any zoom', async ({
      page,
    }) => {
      await page.setViewportSize({ width: 500, height: 300 });
      const views = [
        ...(['original', 'split', 'side', 'residual'] as const).map((mode) => ({ mode, zoom: 1 })),
        { mode: 'split', zoom: 3 } as const,
        { mode: 'split', zoom: 0.731 } as const,
        { mode: 'residual', zoom: 0.5 } as const,
      ];
      await openViewer(page, harness.url, '?image=scan-8');
      const pictures: Picture[][] = [];
      for (const image of ['scan-8', 'scan']) {
        await drive(page, (state, id) => state.open(id), image);
        const shots: Picture[] = [];
        for (const view of views) {
          await drive(
            page,
            (state, { mode, zoom }) => {
              state.mode = mode;
              state.viewer!.setZoom(zoom);
            },
            view,
          );
          await settled(page);
          shots.push(await look(page));
        }
        pictures.push(shots);
      }
      expect(harness.requests.some(({ bits }) => bits === 16)).toBe(true);
      views.forEach((view, index) => {
        const [eight, sixteen] = pictures.map((shots) => shots[index]!);
        const differing: string[] = [];
        for (let y = 0; y < eight!.height; y++)
          for (let x = 0; x < eight!.width; x++) {
            const [a, b] = [eight!.at(x, y)[0], sixteen!.at(x, y)[0]];
            if (a !== b) differing.push(`${x}, ${y}: ${a} and ${b}`);
          }
        expect(differing.slice(0, 9), `${view.mode} at ${view.zoom}`).toEqual([]);
      });
    });

    test('another window of a scan is drawn without a request', async ({ page }) => {
      await page.setViewportSize({ width: 500, height: 300 });
      await atFull(page, '?image=scan');
      const window = { center: 900, width: 510 };
      harness.requests.length = 0;
      const frames = await drive(page, (state) => state.viewer!.statistics().frames);
      await drive(page, (state, wanted) => state.view.setWindow(wanted), window);
      await settled(page);
      expect(await drive(page, (state) => state.viewer!.statistics().frames)).toBe(frames + 1);
      const level = (layer: string, x: number, y: number): number => {
        const share = (scanValue(layer, 0, 100 + x, 100 + y) - 645) / 510;
        return Math.round(Math.min(1, Math.max(0, share)) * 255);
      };
      const picture = await look(page);
      for (const [x, y] of spread({ left: 0, right: 210 }, 300))
        expect(picture.at(x, y), `left, ${x}, ${y}`).toEqual(Array(3).fill(level('source', x, y)));
      for (const [x, y] of spread({ left: 290, right: 500 }, 300))
        expect(picture.at(x, y), `right, ${x}, ${y}`).toEqual(Array(3).fill(level('clean', x, y)));

      await drive(page, (state) => {
        state.mode = 'residual';
        state.gain = 2;
      });
      await settled(page);
      const residual = await look(page);
      for (const [x, y] of spread({ left: 0, right: 500 }, 300)) {
        const expected = 127.5 + 2 * (level('source', x, y) - level('clean', x, y));
        const clipped = Math.min(255, Math.max(0, expected));
        const off = Math.abs(residual.at(x, y)[0] - clipped);
        expect(off, `${x}, ${y}: ${residual.at(x, y)[0]}, not ${clipped}`).toBeLessThanOrEqual(0.5);
      }
      expect(harness.requests).toEqual([]);

      // The map of something else has colours of its own, beside a scan as beside a photo.
      await drive(page, (state) => {
        state.mode = 'split';
        state.layer = { id: 'drawing', kind: state.kind, version: 1, complete: true };
      });
      await settled(page);
      const drawing = await look(page);
      for (const [x, y] of spread({ left: 290, right: 500 }, 300)) {
        const value = scanValue('drawing', 0, 100 + x, 100 + y);
        const shown = Math.round(Math.min(1, Math.max(0, value / 4095)) * 255);
        expect(drawing.at(x, y)).toEqual([shown, shown, shown]);
      }
      // Another document begins with its own window.
      await drive(page, (state) => state.open('small'));
      await nextFrames(page);
      expect(await drive(page, (state) => state.view.window)).toBeNull();
    });

    test('no seam between tiles at any zoom', async ({ page }) => {
      await atFull(page, '?mode=original');
      for (const zoom of [0.137, 0.37, 0.731, 1.37, 2.613]) {
        await drive(page, (state, value) => state.viewer!.setZoom(value), zoom);
        await settled(page);
        const picture = await look(page);
        // Every colour of the image is 20 or more; the stage is 18.
        expect(picture.darkerThan(20, 60), `stage pixels at zoom ${zoom}`).toBe(0);
      }
    });
  });

test('the tiles of one colour are one area in 2D, also where a GPU draws that: nothing shines through between them', async ({
  playwright,
}, { project }) => {
  const { args = [], ...launch } = project.use.launchOptions ?? {};
  const browser = await playwright.chromium.launch({
    ...launch,
    args: [...args, '--use-gl=angle', '--use-angle=swiftshader'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1201, height: 801 } });
    await offer(page, '2d');
    await openViewer(page, `${harness.url}?mode=original&image=even`);
    for (const zoom of [0.35, 0.37, 0.731, 1.37, 2.613]) {
      await drive(page, (state, value) => state.viewer!.setZoom(value), zoom);
      await settled(page);
      const picture = await look(page);
      const others = new Set<string>();
      // Away from the label at the top.
      for (let y = 60; y < picture.height; y++)
        for (let x = 0; x < picture.width; x++) others.add(picture.at(x, y).join());
      expect([...others], `at zoom ${zoom}`).toEqual([EVEN.join()]);
    }
  } finally {
    await browser.close();
  }
});

test('without a GPU the picture is drawn in 2D, which is faster there', async ({ page }) => {
  await openViewer(page, harness.url);
  await settled(page);
  expect(await drive(page, (state) => state.viewer!.statistics().painter)).toBe('2d');
});

test('on a dense display 100 % is one device pixel for one image pixel', async ({ browser }) => {
  const context = await browser.newContext({
    viewport: { width: 601, height: 401 },
    deviceScaleFactor: 2,
  });
  const page = await context.newPage();
  const picture = await atFull(page, '?mode=original');
  expect([picture.width, picture.height]).toEqual([1202, 802]);
  for (const [x, y] of spread({ left: 0, right: 1202 }, 802))
    expect(picture.at(x, y)).toEqual(source(6000 - 601 + x, 4200 - 401 + y));
  await context.close();
});

test('at a fractional display scale 100 % is still exact', async ({ browser }) => {
  const context = await browser.newContext({
    viewport: { width: 804, height: 500 },
    deviceScaleFactor: 1.25,
  });
  const page = await context.newPage();
  const picture = await atFull(page, '?mode=original');
  const visible = (await drive(page, (state) => state.visible))!;
  expect(Math.abs(visible.width - picture.width)).toBeLessThanOrEqual(1);
  for (const [x, y] of spread({ left: 0, right: picture.width - 1 }, picture.height - 1))
    expect(picture.at(x, y)).toEqual(source(visible.x + x, visible.y + y));
  await context.close();
});

test('below 100 % the right level is shown at the right place', async ({ page }) => {
  await atFull(page, '?mode=original');
  await drive(page, (state) => state.viewer!.setZoom(0.25));
  await settled(page);
  const picture = await look(page);
  // Level 2, 3000 × 2100, one of its pixels per display pixel; middle 1500, 1050.
  for (const [x, y] of spread({ left: 0, right: 1200 }))
    expect(picture.at(x, y)).toEqual(source(900 + x, 650 + y, 2));
});

test('side by side shows the same place in both panes, and they move together', async ({
  page,
}) => {
  await atFull(page, '?mode=side');
  const check = async (left: number, top: number): Promise<void> => {
    await settled(page);
    const picture = await look(page);
    // Panes of 599 pixels, the second from 601 on.
    for (const [x, y] of spread({ left: 0, right: 599 })) {
      expect(picture.at(x, y)).toEqual(source(left + x, top + y));
      expect(picture.at(x + 601, y)).toEqual(cleaned(left + x, top + y));
    }
  };
  // The middle of 599 pixels is rounded: 299.5 before the image's middle.
  const visible = (await drive(page, (state) => state.visible))!;
  expect(Math.abs(visible.x - (6000 - 299.5))).toBeLessThanOrEqual(0.5);
  await check(visible.x, TOP);
  await page.mouse.move(900, 500);
  await page.mouse.down();
  await page.mouse.move(850, 460);
  await page.mouse.move(823, 433);
  await page.mouse.up();
  await check(visible.x + 77, TOP + 67);
});

test('holding the original shows it everywhere, at once', async ({ page }) => {
  await atFull(page, '?divider=0.3');
  const before = harness.requests.length;
  await drive(page, (state) => void (state.holdOriginal = true));
  await nextFrames(page);
  const picture = await look(page);
  for (const [x, y] of spread({ left: 0, right: 1200 }))
    expect(picture.at(x, y)).toEqual(source(LEFT + x, TOP + y));
  // Its tiles were there already.
  expect(harness.requests.length).toBe(before);
  await expect(page.getByRole('img')).toHaveAccessibleName('coordinates.png: original');
});

test('the divider is a slider for the keyboard', async ({ page }) => {
  await openViewer(page, harness.url);
  const slider = page.getByRole('slider', { name: 'Divider between original and cleaned' });
  await slider.focus();
  const expects = async (key: string, value: number): Promise<void> => {
    await page.keyboard.press(key);
    await expect(slider).toHaveAttribute('aria-valuenow', String(value));
  };
  await expects('ArrowRight', 51);
  await expects('ArrowLeft', 50);
  await expects('ArrowUp', 51);
  await expects('ArrowDown', 50);
  await expects('Shift+ArrowRight', 60);
  await expects('PageUp', 70);
  await expects('PageDown', 60);
  await expects('Home', 0);
  await expects('ArrowLeft', 0);
  await expects('End', 100);
  await expect(slider).toHaveAttribute('aria-valuetext', 'original 100 %, cleaned 0 %');
  expect(await drive(page, (state) => state.divider)).toBe(1);
});

test('the divider is grabbed within 12 px of its line, and a double click centres it', async ({
  page,
}) => {
  await openViewer(page, harness.url, '?divider=0.25');
  await settled(page);
  const slider = page.getByRole('slider');
  const drag = async (from: number, to: number): Promise<void> => {
    await page.mouse.move(from, 700);
    await page.mouse.down();
    await page.mouse.move((from + to) / 2, 690);
    await page.mouse.move(to, 680);
    await page.mouse.up();
  };
  await drag(311, 611);
  await expect(slider).toHaveAttribute('aria-valuenow', '50');
  await drag(589, 289);
  await expect(slider).toHaveAttribute('aria-valuenow', '25');
  // 14 px away it is the picture that moves.
  await drive(page, (state) => state.viewer!.setZoom(1));
  await settled(page);
  await drag(314, 414);
  await expect(slider).toHaveAttribute('aria-valuenow', '25');
  expect((await drive(page, (state) => state.visible))?.x).toBe(LEFT - 100);
  // Nor does the picture move with the line.
  await drag(300, 500);
  await drag(500, 300);
  expect((await drive(page, (state) => state.visible))?.x).toBe(LEFT - 100);
  // While space is held the picture moves even under the line.
  await page.keyboard.down('Space');
  await drag(300, 200);
  await page.keyboard.up('Space');
  await expect(slider).toHaveAttribute('aria-valuenow', '25');
  expect((await drive(page, (state) => state.visible))?.x).toBe(LEFT);
  await page.mouse.dblclick(300, 650);
  await expect(slider).toHaveAttribute('aria-valuenow', '50');
  expect((await drive(page, (state) => state.zoom))?.fitted).toBe(false);
});

test('labels fade while something is dragged', async ({ page }) => {
  await openViewer(page, harness.url);
  await settled(page);
  const label = page.locator('.labels');
  await expect(label).toHaveCSS('opacity', '1');
  await page.mouse.move(600, 300);
  await page.mouse.down();
  await page.mouse.move(640, 300);
  await expect(label).toHaveCSS('opacity', '0');
  await page.mouse.up();
  await expect(label).toHaveCSS('opacity', '1');
});

test('the wheel zooms about the pointer and stops at 100 %', async ({ page }) => {
  await openViewer(page, harness.url, '?mode=original');
  await settled(page);
  await page.mouse.move(310, 555);
  const pixel = () => drive(page, (state) => state.pixel);
  const first = (await pixel())!;
  const scales: number[] = [];
  for (let notch = 0; notch < 7; notch++) {
    const scale = (await drive(page, (state) => state.zoom))!.scale;
    await page.mouse.wheel(0, -250);
    await page.waitForFunction(`window.harness.zoom?.scale !== ${scale}`);
    await nextFrames(page);
    scales.push((await drive(page, (state) => state.zoom))!.scale);
    const now = (await pixel())!;
    // One display pixel of the first, coarse scale is ten image pixels.
    expect(Math.abs(now.x - first.x)).toBeLessThanOrEqual(10);
    expect(Math.abs(now.y - first.y)).toBeLessThanOrEqual(10);
  }
  expect(scales).toContain(1);
  expect(scales.at(-1)).toBeGreaterThan(1);
  for (let notch = 0; notch < 9; notch++) await page.mouse.wheel(0, 250);
  await expect.poll(() => drive(page, (state) => state.zoom?.fitted)).toBe(true);
});

test('a pinch on a touch screen zooms about its middle', async ({ page }) => {
  await openViewer(page, harness.url, '?mode=original');
  await settled(page);
  const client = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', spreadBy: number) =>
    client.send('Input.dispatchTouchEvent', {
      type,
      touchPoints:
        type === 'touchEnd'
          ? []
          : [
              { x: 600 - spreadBy, y: 400, id: 1 },
              { x: 600 + spreadBy, y: 400, id: 2 },
            ],
    });
  await touch('touchStart', 50);
  for (const spreadBy of [60, 75, 90, 100]) await touch('touchMove', spreadBy);
  await touch('touchEnd', 0);
  await expect
    .poll(async () => (await drive(page, (state) => state.zoom))?.scale ?? 0)
    .toBeGreaterThan(0.17);
  const visible = (await drive(page, (state) => state.visible))!;
  expect(Math.abs(visible.x + visible.width / 2 - 6000)).toBeLessThan(60);
});

test('a double click toggles between the whole picture and 100 % under the pointer', async ({
  page,
}) => {
  await openViewer(page, harness.url, '?mode=original');
  await settled(page);
  const fitted = await drive(page, (state) => state.zoom);
  expect(fitted?.fitted).toBe(true);
  expect(fitted?.scale).toBeCloseTo(800 / 8400);
  await page.mouse.move(400, 300);
  const before = (await drive(page, (state) => state.pixel))!;
  await page.mouse.dblclick(400, 300);
  await settled(page);
  expect(await drive(page, (state) => state.zoom)).toEqual({ scale: 1, fitted: false });
  const after = (await drive(page, (state) => state.pixel))!;
  expect(Math.abs(after.x - before.x)).toBeLessThanOrEqual(6);
  expect((await look(page)).at(400, 300)).toEqual(source(after.x, after.y));
  await page.mouse.dblclick(400, 300);
  await expect.poll(() => drive(page, (state) => state.zoom)).toEqual(fitted);
});

test('the picture is moved and zoomed by keyboard', async ({ page }) => {
  await openViewer(page, harness.url, '?mode=original');
  await settled(page);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('img')).toBeFocused();
  await page.mouse.dblclick(600, 400);
  await expect.poll(() => drive(page, (state) => state.visible?.x)).toBe(LEFT);
  await page.keyboard.press('Shift+ArrowRight');
  await expect.poll(() => drive(page, (state) => state.visible?.x)).toBe(LEFT + 150);
  await page.keyboard.press('Shift+ArrowUp');
  await expect.poll(() => drive(page, (state) => state.visible?.y)).toBe(TOP - 100);
  await page.keyboard.press('+');
  await expect.poll(() => drive(page, (state) => state.zoom?.scale)).toBe(2);
  await page.keyboard.press('-');
  await page.keyboard.press('-');
  await expect.poll(() => drive(page, (state) => state.zoom?.scale)).toBeCloseTo(2 / 3);
  await page.mouse.dblclick(600, 400);
  await expect.poll(() => drive(page, (state) => state.zoom?.fitted)).toBe(true);
});

test('the pixel under the pointer is told, in both panes, and none beside the picture', async ({
  page,
}) => {
  await openViewer(page, harness.url, '?mode=side');
  await settled(page);
  await drive(page, (state) => state.viewer!.setZoom(1));
  await settled(page);
  const visible = (await drive(page, (state) => state.visible))!;
  const pixelAt = async (x: number, y: number) => {
    await page.mouse.move(x, y);
    return drive(page, (state) => state.pixel);
  };
  const expected = { x: visible.x + 200, y: visible.y + 300 };
  expect(await pixelAt(200, 300)).toEqual(expected);
  expect(await pixelAt(801, 300)).toEqual(expected);
  await drive(page, (state) => {
    state.mode = 'original';
    state.viewer!.fit();
  });
  await settled(page);
  expect(await pixelAt(5, 400)).toBeNull();
});

test('the next file of a burst shows the same place', async ({ page }) => {
  await atFull(page, '?mode=original');
  await drive(page, (state) => state.viewer!.panBy({ right: 0.25, down: 0.5 }));
  await settled(page);
  const before = await drive(page, (state) => state.visible);
  expect(before).toEqual({ x: LEFT - 300, y: TOP - 400, width: 1200, height: 800 });
  await drive(page, (state) => state.open('sibling'));
  await settled(page);
  expect(await drive(page, (state) => state.visible)).toEqual(before);
  expect((await look(page)).at(30, 400)).toEqual(source(LEFT - 270, TOP));
  await drive(page, (state) => state.open('small'));
  await settled(page);
  // A picture smaller than the stage is in its middle, and not blown up.
  expect(await drive(page, (state) => state.visible)).toEqual({
    x: 0,
    y: 0,
    width: 301,
    height: 203,
  });
  const small = await look(page);
  expect(small.at(600, 400)).toEqual(source(150 + (600 - 600), 101 + (400 - 400)));
});

test('transparent pixels show a neutral checkerboard', async ({ page }) => {
  await openViewer(page, harness.url, '?image=alpha&raw');
  await settled(page);
  const picture = await look(page);
  // 640 × 480 in the middle; columns 32–63 of each 64 are clear in the first 100 rows.
  const checks = new Set<string>();
  for (let x = 280 + 32; x < 280 + 64; x++) {
    const [red, green, blue] = picture.at(x, 200);
    expect(red).toBe(green);
    expect(green).toBe(blue);
    checks.add(String(red));
  }
  expect(checks.size).toBe(2);
  expect(picture.at(280, 200)).toEqual([200, 40, 40]);
});

test.describe('a layer in the making', () => {
  test('shows the original until a part is finished, then that part', async ({ page }) => {
    await openViewer(page, harness.url, '?divider=0');
    await drive(page, (state) => {
      state.layer = { id: 'making', kind: state.kind, version: 0, complete: false };
      state.viewer!.setZoom(1);
    });
    await settled(page);
    harness.requests.length = 0;
    expect((await look(page)).at(600, 700)).toEqual(source(LEFT + 600, TOP + 700));
    await expect(page.locator('.label.right')).toHaveText(
      'Original, until the cleaned picture is there',
    );
    // The tile of column 11, row 8: 5632–6143 × 4096–4607.
    await drive(page, (state) => {
      state.layer = { id: 'making', kind: state.kind, version: 1, complete: false };
      state.viewer!.invalidate({ x: 5632, y: 4096, width: 512, height: 512 }, 1);
    });
    await expect
      .poll(async () => (await look(page)).at(600, 700))
      .toEqual(cleaned(LEFT + 600, TOP + 700));
    const picture = await look(page);
    expect(picture.at(232, 700)).toEqual(cleaned(5632, TOP + 700));
    expect(picture.at(231, 700)).toEqual(source(5631, TOP + 700));
    expect(picture.at(743, 296)).toEqual(cleaned(6143, 4096));
    expect(picture.at(744, 296)).toEqual(source(6144, 4096));
    const asked = harness.requests.filter((tile) => tile.layer === 'making' && tile.level === 0);
    expect(asked.map((tile) => [tile.column, tile.row, tile.version])).toEqual([[11, 8, 1]]);
  });

  test('a change fetches the changed tiles only, and the picture never goes dark', async ({
    page,
  }) => {
    await atFull(page, '?divider=0');
    harness.requests.length = 0;
    await drive(page, (state) => {
      state.layer = { id: 'clean', kind: state.kind, version: 2, complete: true };
      state.viewer!.invalidate({ x: 5700, y: 4200, width: 10, height: 10 }, 2);
    });
    const blue = cleaned(LEFT + 600, TOP + 700)[2] + 17;
    await expect.poll(async () => (await look(page)).at(600, 700)[2]).toBe(blue % 256);
    expect((await look(page)).at(900, 700)).toEqual(cleaned(LEFT + 900, TOP + 700));
    expect(harness.requests.every((tile) => tile.column === 11 >> tile.level)).toBe(true);
    expect(harness.requests.filter((tile) => tile.level === 0)).toHaveLength(1);
  });

  test('a layer that is shown when parts of it are finished shows these', async ({ page }) => {
    await openViewer(page, harness.url, '?mode=residual&raw');
    await drive(page, (state) => {
      const finished = [{ x: 5632, y: 4096, width: 512, height: 512 }];
      state.layer = { id: 'making', kind: state.kind, version: 1, complete: false, finished };
      state.viewer!.setZoom(1);
    });
    await settled(page);
    const picture = await look(page);
    // 127.5 + 4 · (5, −3, 0) inside, the stage outside.
    expect(Math.abs(picture.at(600, 700)[0] - 147.5)).toBeLessThanOrEqual(0.5);
    expect(Math.abs(picture.at(600, 700)[1] - 115.5)).toBeLessThanOrEqual(0.5);
    expect(picture.at(200, 700)).toEqual([18, 18, 18]);
  });

  test('the residual of an unfinished part is not shown as grey', async ({ page }) => {
    await openViewer(page, harness.url, '?mode=residual&raw');
    await drive(page, (state) => {
      state.layer = { id: 'making', kind: state.kind, version: 0, complete: false };
      state.viewer!.setZoom(1);
    });
    await page.waitForTimeout(500);
    expect((await look(page)).at(600, 600)).toEqual([18, 18, 18]);
    await expect(page.getByRole('status')).toHaveText('What is removed appears here part by part.');
  });
});

test.describe('100 megapixels', () => {
  test('at fit a bounded number of tiles is fetched, and each once', async ({ page }) => {
    await openViewer(page, harness.url);
    await settled(page);
    // Level 3 is 1500 × 1050: 3 × 3 tiles; level 5 is one; two layers.
    expect(harness.requests.length).toBeLessThanOrEqual(20);
    const names = harness.requests.map((tile) => JSON.stringify(tile));
    expect(new Set(names).size).toBe(names.length);
    const first = harness.requests[0];
    expect(first?.level).toBe(5);
  });

  test('memory stays within its budget on a long walk at 100 %', async ({ page }) => {
    test.setTimeout(120_000);
    await atFull(page);
    const row = (right: number) => Array.from({ length: 9 }, () => [right, 0] as const);
    const next = [0, -1] as const;
    const walk = [[9, 9] as const, ...row(-1), next, ...row(1), next, ...row(-1), next, ...row(1)];
    for (const [right, down] of walk) {
      await drive(page, (state, by) => state.viewer!.panBy(by), { right, down });
      await settled(page);
    }
    const found = await drive(page, (state) => state.viewer!.statistics());
    expect(found.requests).toBeGreaterThan(300);
    // One tile may arrive before the oldest is dropped.
    expect(found.peakBytes).toBeLessThanOrEqual(found.budgetBytes + 2 ** 20);
    say(
      `walk: ${found.requests} tiles fetched, peak ${(found.peakBytes / 2 ** 20).toFixed(0)} MiB of ` +
        `${(found.budgetBytes / 2 ** 20).toFixed(0)} MiB`,
    );
  });

  for (const painter of ['webgl', '2d'] as const)
    test(`panning goes on while tiles are on their way, drawn with ${painter}`, async ({
      page,
    }) => {
      await offer(page, painter);
      await atFull(page);
      await page.evaluate(`
      window.frameTimes = [];
      const tick = (time) => {
        window.frameTimes.push(time);
        requestAnimationFrame(tick);
      };
      requestAnimationFrame(tick);`);
      await page.mouse.move(900, 600);
      await page.mouse.down();
      for (let step = 1; step <= 60; step++) await page.mouse.move(900 - step * 12, 600 - step * 5);
      const during = await drive(page, (state) => state.viewer!.statistics());
      await page.mouse.up();
      const gaps = await page.evaluate<number[]>(
        'window.frameTimes.slice(1).map((time, index) => time - window.frameTimes[index])',
      );
      gaps.sort((a, b) => a - b);
      const at = (share: number): string => gaps[Math.floor((gaps.length - 1) * share)]!.toFixed(1);
      say(
        `pan (${painter}): ${gaps.length} frames, ms between frames: median ${at(0.5)}, 95 % ${at(0.95)}, longest ${at(1)}; ` +
          `${during.missing} tiles were still missing`,
      );
      // The picture has followed the hand although not everything had arrived.
      expect((await drive(page, (state) => state.visible))?.x).toBe(LEFT + 720);
      await settled(page);
      expect((await look(page)).at(100, 700)).toEqual(source(LEFT + 820, TOP + 300 + 700));
    });

  test('nothing is drawn while nothing changes', async ({ page }) => {
    await atFull(page);
    const frames = () => drive(page, (state) => state.viewer!.statistics().frames);
    const before = await frames();
    await page.waitForTimeout(500);
    expect(await frames()).toBe(before);
  });
});

test.describe('trouble', () => {
  test('a slow first tile: words after a moment', async ({ page }) => {
    await openViewer(page, harness.url, '?image=slow');
    await expect(page.getByRole('status')).toHaveText('Loading the picture…');
    await settled(page);
    await expect(page.getByRole('status')).toHaveText('');
  });

  test('tiles that fail: the reason, and another try', async ({ page }) => {
    await openViewer(page, harness.url, '?image=broken');
    const alert = page.getByRole('alert');
    await expect(alert).toContainText('The picture could not be loaded.');
    await expect(alert).toContainText(
      'The document broken is not open any more. Open the file again.',
    );
    harness.failing = false;
    await alert.getByRole('button', { name: 'Try again' }).click();
    await settled(page);
    await expect(alert).toHaveCount(0);
    await drive(page, (state) => state.viewer!.setZoom(1));
    await settled(page);
    expect((await look(page)).at(100, 700)).toEqual(source(1500 - 600 + 100, 1000 - 400 + 700));
  });

  test('a lost graphics context comes back with the picture', async ({ page }) => {
    await offer(page, 'webgl');
    await atFull(page, '?mode=original');
    await page.evaluate(`
      const context = document.querySelector('canvas').getContext('webgl2');
      const extension = context?.getExtension('WEBGL_lose_context');
      extension?.loseContext();
      setTimeout(() => extension?.restoreContext(), 200);`);
    await page.waitForTimeout(400);
    await settled(page);
    expect((await look(page)).at(300, 700)).toEqual(source(LEFT + 300, TOP + 700));
    expect(await drive(page, (state) => state.viewer!.statistics().painter)).toBe('webgl');
  });

  test('a context that stays lost is replaced by 2D drawing', async ({ page }) => {
    await offer(page, 'webgl');
    await atFull(page, '?mode=original');
    await page.evaluate(
      `document.querySelector('canvas').getContext('webgl2').getExtension('WEBGL_lose_context').loseContext()`,
    );
    await expect
      .poll(() => drive(page, (state) => state.viewer!.statistics().painter), { timeout: 30_000 })
      .toBe('2d');
    await settled(page);
    expect((await look(page)).at(300, 700)).toEqual(source(LEFT + 300, TOP + 700));
  });

  test('a browser that can not draw at all is told so in words', async ({ page }) => {
    await page.addInitScript('HTMLCanvasElement.prototype.getContext = () => null;');
    await openViewer(page, harness.url);
    await expect(page.getByRole('alert')).toContainText('The picture can not be drawn');
  });

  test('leaving the page and coming back keeps the place', async ({ page }) => {
    await atFull(page);
    await drive(page, (state) => void (state.shown = false));
    await expect(page.getByRole('img')).toHaveCount(0);
    await drive(page, (state) => void (state.shown = true));
    await settled(page);
    expect(await drive(page, (state) => state.visible)).toMatchObject({ x: LEFT, y: TOP });
  });
});

test('nothing serious for assistive technology', async ({ page }) => {
  for (const mode of ['split', 'side', 'original', 'residual']) {
    await openViewer(page, harness.url, `?mode=${mode}`);
    await settled(page);
    const { violations } = await new AxeBuilder({ page }).include('.viewer').analyze();
    expect(violations.map((violation) => `${mode}: ${violation.id}`)).toEqual([]);
  }
});

test('motion is left out where a person asks for that', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openViewer(page, harness.url);
  await expect(page.locator('.labels')).toHaveCSS('transition-duration', '0s');
});

/**
 * Runs in the page before anything else: writes down what the viewer draws and what its tiles were
 * answered with, and says on request what stands on the screen at that moment: labels, sentences,
 * settings, and the pixels below them. Changes nothing, but that the picture is drawn by the 2D painter,
 * whose every call can be seen (that both painters draw alike is viewer.spec.ts).
 */

/** @param hashOf see `hashOf` in shown.ts: the same function on both sides */
// eslint-disable-next-line @typescript-eslint/no-unused-vars -- called by the text that door.ts adds
function installProbe(hashOf) {
  /** Pixels of each bitmap, as they were put in. */
  const bitmaps = new WeakMap();
  /** What the last frame of each canvas on the page drew. */
  const frames = new WeakMap();
  let frameCount = 0;
  const answers = [];

  const getContext = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
    return kind === 'webgl2' ? null : getContext.call(this, kind, ...more);
  };

  const offscreen = OffscreenCanvasRenderingContext2D.prototype;
  const put = offscreen.putImageData;
  offscreen.putImageData = function (data, ...at) {
    bitmaps.set(this.canvas, {
      ...{ width: data.width, height: data.height, bytes: data.data, hash: null },
    });
    return put.call(this, data, ...at);
  };

  const flat = CanvasRenderingContext2D.prototype;
  const { clearRect, rect, drawImage } = flat;
  flat.clearRect = function (...box) {
    if (this.canvas.closest('[data-picture]'))
      frames.set(this.canvas, { number: ++frameCount, clip: null, drawn: [] });
    return clearRect.call(this, ...box);
  };
  flat.rect = function (x, y, width, height) {
    const frame = frames.get(this.canvas);
    if (frame) frame.clip = { x, width };
    return rect.call(this, x, y, width, height);
  };
  flat.drawImage = function (image, ...box) {
    const frame = frames.get(this.canvas);
    const bitmap = bitmaps.get(image);
    if (frame && bitmap && box.length === 8) frame.drawn.push({ bitmap, box, clip: frame.clip });
    return drawImage.call(this, image, ...box);
  };

  const activeEntry = () => document.querySelector('[data-entry][tabindex="0"]')?.dataset.entry;
  const canvasNow = () => document.querySelector('[data-picture] canvas');

  const fetching = window.fetch;
  window.fetch = async function (resource, init) {
    const address = String(resource?.url ?? resource);
    const answer = await fetching.call(window, resource, init);
    const [, path] = /(?:^|\/)tiles\/(.*)$/.exec(address) ?? [];
    if (path && !answer.ok && !init?.signal?.aborted)
      answers.push({
        ...{ path, status: answer.status, at: Date.now() },
        onScreen: canvasNow() !== null && path.startsWith(`${activeEntry()}/`),
      });
    return answer;
  };

  const text = (element) => (element?.textContent ?? '').replace(/\s+/g, ' ').trim();
  const labelOf = (element) =>
    element.getAttribute('aria-label') ??
    text(document.getElementById(element.getAttribute('aria-labelledby') ?? ''));
  const all = (selector) => [...document.querySelectorAll(selector)];

  function settings() {
    const sliders = {};
    for (const slider of all('aside [role=slider]'))
      sliders[labelOf(slider)] = Number(slider.getAttribute('aria-valuenow'));
    const choices = {};
    for (const group of all('[role=radiogroup]')) {
      const chosen = group.querySelector('[aria-checked=true]')?.cloneNode(true);
      chosen?.querySelector('kbd')?.remove();
      choices[group.getAttribute('aria-label')] = text(chosen);
    }
    const inspector = document.querySelector('aside');
    const rows = all('section[aria-label="Compare with"] table tbody th, aside table tbody th');
    const peer = rows.map(text).find((row) => /^(JPEG|WebP|AVIF), quality \d+$/.test(row)) ?? null;
    const field = all('aside input').find((input) => /-size$/.test(input.id));
    return {
      ...{ sliders, choices, peer },
      suggested: /As suggested/.test(text(inspector)),
      size: field ? field.value : null,
      consent: document.querySelector('aside .consent input')?.checked ?? null,
    };
  }

  window.walkProbe = {
    observe() {
      const canvas = canvasNow();
      const box = canvas?.getBoundingClientRect();
      const frame = canvas && frames.get(canvas);
      const state = document.querySelector('[data-picture-state]');
      const labels = document.querySelector('[data-picture] .labels');
      const seen = labels && Number(getComputedStyle(labels).opacity) > 0;
      return {
        at: Date.now(),
        frame: frame?.number ?? 0,
        name: (document.title.match(/^(.*) – Hourglass$/) ?? [])[1] ?? null,
        picture: canvas?.getAttribute('aria-label') ?? null,
        workspace: text(document.querySelector('nav [aria-current=page]')),
        status: state?.dataset.pictureState ?? null,
        said: text(state?.querySelector('span[title]')),
        labels: seen ? [...labels.querySelectorAll('.label')].map(text) : [],
        canvas: canvas && {
          ...{ width: canvas.width, height: canvas.height, ratio: devicePixelRatio },
          ...{ cssWidth: box.width, cssHeight: box.height },
        },
        drawn: (frame?.drawn ?? []).map(
          ({ bitmap, box: [sx, sy, sw, sh, dx, dy, dw, dh], clip }) => ({
            hash: (bitmap.hash ??= hashOf(bitmap.bytes, bitmap.width)),
            ...{ sx, sy, sw, sh, dx, dy, dw, dh, clip },
          }),
        ),
        settings: settings(),
        // A name is drawn in pieces.
        files: all('[data-entry]').map((entry) =>
          text(entry.querySelector('.name')).replaceAll(' ', ''),
        ),
        problem: text(document.querySelector('[data-picture] [role=alert]')),
        notice: text(document.querySelector('section[aria-label=Picture] .place')),
        answers: answers.splice(0),
      };
    },
    /** The canvas itself, RGBA, when no other frame has come; else null. */
    pixels(frameNumber) {
      const canvas = canvasNow();
      if (!canvas || frames.get(canvas)?.number !== frameNumber) return null;
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      let binary = '';
      for (let at = 0; at < data.length; at += 32768)
        binary += String.fromCharCode(...data.subarray(at, at + 32768));
      return btoa(binary);
    },
  };
}

import { describe, expect, it } from 'vitest';
import { Pace } from '../../../app/jobs/runs/pace.ts';

/** JPEGs of 5 MB that take 2 s, done; then as many raw files of 30 MB. */
function jpegsDone(count: number): Pace {
  const pace = new Pace();
  for (let at = 0; at < count; at++) pace.expect('.jpg', 5e6);
  for (let at = 0; at < count; at++) pace.done('.jpg', 5e6, 2, 24);
  return pace;
}

describe('the time that is left', () => {
  it('is not told before something was seen', () => {
    const pace = new Pace();
    pace.expect('.jpg', 5e6);
    expect([pace.secondsLeft(100), pace.megapixelsPerSecond(100)]).toEqual([null, null]);
    for (let at = 0; at < 3; at++) {
      pace.expect('.jpg', 5e6);
      pace.done('.jpg', 5e6, 0.3, 24);
    }
    expect(pace.secondsLeft(0.9)).toBeNull();
    expect(pace.secondsLeft(3)).toBeCloseTo(1, 5);
  });

  it('is measured over files like those that are left', () => {
    const pace = jpegsDone(10);
    for (let at = 0; at < 13; at++) pace.expect('.cr2', 30e6);
    for (let at = 0; at < 3; at++) pace.done('.cr2', 30e6, 20, 24);
    // 80 s are gone; ten of 20 s are left, whatever the JPEGs took.
    expect(pace.secondsLeft(80)).toBeCloseTo(200, 5);
  });

  it('takes a kind that was not seen yet for what was', () => {
    const pace = jpegsDone(10);
    pace.expect('.png', 10e6);
    expect(pace.secondsLeft(20)).toBeCloseTo(4, 5);
  });

  it('goes by size within a kind', () => {
    const pace = jpegsDone(4);
    pace.expect('.jpg', 50e6);
    expect(pace.secondsLeft(8)).toBeCloseTo(20, 5);
  });

  it('counts the clock on the wall where files run side by side', () => {
    const pace = jpegsDone(10);
    for (let at = 0; at < 10; at++) pace.expect('.jpg', 5e6);
    expect(pace.secondsLeft(10)).toBeCloseTo(10, 5);
    expect(pace.megapixelsPerSecond(10)).toBeCloseTo(24, 5);
  });

  it('leaves out what failed: it says nothing of the others', () => {
    const pace = jpegsDone(10);
    for (let at = 0; at < 20; at++) pace.expect('.jpg', 5e6);
    for (let at = 0; at < 10; at++) pace.dropped('.jpg', 5e6);
    expect(pace.secondsLeft(20)).toBeCloseTo(20, 5);
  });
});

// Runs in the page. A gesture is one event for each frame; what counts is the time from the start of
// a frame to the first task after it was painted: script, style, layout and paint of this page's
// thread.

window.benchFrames = async (count, event) => {
  const work = [];
  const channel = new MessageChannel();
  for (let i = 0; i < count; i++) {
    await new Promise((resolve) => {
      requestAnimationFrame(() => {
        const began = performance.now();
        event(i);
        channel.port1.onmessage = () => {
          work.push(performance.now() - began);
          resolve();
        };
        // Yew paints in tasks that were queued before; the message comes after the frame's paint.
        queueMicrotask(() => channel.port2.postMessage(null));
      });
    });
  }
  return { work };
};

/** The card nearest to the middle of the canvas. */
const middleCard = () => {
  const middle = (element) => {
    const box = element.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  const [x, y] = middle(document.querySelector("#canvas"));
  const far = (card) => {
    const [a, b] = middle(card);
    return Math.hypot(a - x, b - y);
  };
  return [...document.querySelectorAll(".card")].reduce((a, b) => (far(b) < far(a) ? b : a));
};

/** Drags a card along a circle; resolves with the times and how often it moved. */
window.benchDrag = async (count) => {
  const card = middleCard();
  const canvas = document.querySelector("#canvas");
  const box = card.querySelector(".card-body").getBoundingClientRect();
  const x = box.x + box.width / 2;
  const y = box.y + Math.min(8, box.height / 4);
  const fire = (target, type, dx, dy) => {
    const place = { clientX: x + dx, clientY: y + dy, pointerId: 1, pointerType: "mouse" };
    target.dispatchEvent(new PointerEvent(type, { ...place, button: 0, buttons: 1, bubbles: true, cancelable: true }));
  };
  // From afar cards have no transform.
  const place = () => card.getAttribute("transform") ?? card.querySelector(".card-body").getAttribute("x");
  const before = place();
  let moves = 0;
  fire(canvas, "pointerdown", 0, 0);
  const times = await window.benchFrames(count, (i) => {
    const turn = (i / 30) * Math.PI;
    fire(window, "pointermove", 60 * Math.sin(turn) + 10, 40 * (1 - Math.cos(turn)) + 10);
    if (place() !== before) moves++;
  });
  fire(window, "pointerup", 10, 10);
  return { ...times, moves };
};

window.benchWheel = async (count, zoom) => {
  const canvas = document.querySelector("#canvas");
  const world = canvas.querySelector(".world");
  const box = canvas.getBoundingClientRect();
  const place = { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 };
  const seen = new Set();
  const times = await window.benchFrames(count, (i) => {
    const there = Math.floor(i / 15) % 2 === 0 ? 1 : -1;
    const by = zoom ? { deltaY: 20 * there, ctrlKey: true } : { deltaX: 24 * there, deltaY: 14 * there };
    canvas.dispatchEvent(new WheelEvent("wheel", { ...place, ...by, bubbles: true, cancelable: true }));
    seen.add(world.getAttribute("transform"));
  });
  return { ...times, moves: seen.size };
};

/** From each real press of an arrow key to the first task after the frame that shows its effect. */
window.benchKeys = (id) => {
  const card = document.querySelector(`#${id}`);
  const times = [];
  let pressed = null;
  addEventListener("keydown", (event) => (pressed ??= event.timeStamp), true);
  new MutationObserver(() => {
    if (pressed === null) return;
    const began = pressed;
    pressed = null;
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => times.push(performance.now() - began);
      channel.port2.postMessage(null);
    });
  }).observe(card, { attributes: true, attributeFilter: ["transform"] });
  window.benchKeyTimes = times;
};

// What a page looks like by its computed styles, for tests: contrast, letters, targets, what does not fit, what moves.
// Evaluates to an object of functions; each returns a list of plain values.
(() => {
  const PAPER = { r: 255, g: 255, b: 255, a: 1 };
  const all = () => [document.body, ...document.body.querySelectorAll("*")];

  const isSeen = (element) => {
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    return box.width > 1 && box.height > 1 && style.visibility === "visible" && style.clipPath !== "inset(50%)" && element.checkVisibility();
  };

  const name = (element) => {
    const words = (element.getAttribute("aria-label") || element.textContent || "").trim().replace(/\s+/g, " ").slice(0, 30);
    const place = element.id ? `#${element.id}` : element.getAttribute("class") ? `.${element.getAttribute("class").split(" ").join(".")}` : "";
    return `${element.tagName.toLowerCase()}${place} "${words}"`;
  };

  // ---- colours ----------------------------------------------------------------------------------------------------------

  const colour = (text) => {
    const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number);
    return { r, g, b, a };
  };
  const over = (front, back) => {
    const mix = (side) => front[side] * front.a + back[side] * (1 - front.a);
    return { r: mix("r"), g: mix("g"), b: mix("b"), a: 1 };
  };
  const light = ({ r, g, b }) => {
    const [red, green, blue] = [r, g, b].map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };

  /** The ground that an element paints on itself, and a function that says how a colour on that ground ends up on screen. */
  function ground(element) {
    const chain = [];
    for (let node = element; node; node = node.parentElement) chain.unshift(node);
    let painted = PAPER;
    const faded = [];
    for (const node of chain) {
      const style = getComputedStyle(node);
      if (Number(style.opacity) < 1) faded.unshift({ behind: painted, opacity: Number(style.opacity) });
      painted = over(colour(style.backgroundColor), painted);
    }
    const seen = (front) => faded.reduce((shown, { behind, opacity }) => over({ ...shown, a: opacity }, behind), front);
    return { colour: seen(painted), seen: (front) => seen(over(front, painted)) };
  }
  const onGround = (element, front) => {
    const back = ground(element);
    return contrast(back.seen(colour(front)), back.colour);
  };

  const texts = () => {
    const found = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) if (walker.currentNode.data.trim() && isSeen(walker.currentNode.parentElement)) found.add(walker.currentNode.parentElement);
    return [...found];
  };

  // ---- targets ----------------------------------------------------------------------------------------------------------

  const targets = () => all().filter((element) => element.matches("button, a[href], summary, select, input:not([type=hidden])") && isSeen(element));
  const gap = (one, other) => {
    const across = Math.max(one.left, other.left) - Math.min(one.right, other.right);
    const down = Math.max(one.top, other.top) - Math.min(one.bottom, other.bottom);
    return Math.max(across, down);
  };
  // A sheet or a keypad that lies over others hides them.
  const isOnTop = (element) => {
    const box = element.getBoundingClientRect();
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return top !== null && (element.contains(top) || top.contains(element));
  };

  return {
    /** Texts with their contrast to what is behind them. */
    texts: () => texts().map((element) => ({ name: name(element), contrast: onGround(element, getComputedStyle(element).color) })),

    /** Icons, borders of two pixels or more, borders of targets, and underlines, with their contrast. */
    shapes: () => {
      const icons = all().filter((element) => element.matches("svg.icon") && isSeen(element));
      const underlined = texts().filter((element) => getComputedStyle(element).textDecorationLine === "underline");
      const sides = ["Top", "Right", "Bottom", "Left"];
      const bordered = all().filter(isSeen).flatMap((element) => {
        const style = getComputedStyle(element);
        const least = element.matches("button, select, input") ? 1 : 2;
        const side = sides.find((at) => parseFloat(style[`border${at}Width`]) >= least && style[`border${at}Style`] !== "none" && colour(style[`border${at}Color`]).a > 0);
        return side ? [{ element, border: style[`border${side}Color`] }] : [];
      });
      return [
        ...icons.map((element) => ({ name: `icon in ${name(element.parentElement)}`, contrast: onGround(element, getComputedStyle(element).stroke) })),
        ...underlined.map((element) => ({ name: `line under ${name(element)}`, contrast: onGround(element, getComputedStyle(element).textDecorationColor) })),
        ...bordered.map(({ element, border }) => ({
          // A border stands out from what is around it, or the thing it goes around does.
          name: `border of ${name(element)}`,
          contrast: Math.max(onGround(element.parentElement, border), contrast(ground(element.parentElement).colour, ground(element).colour)),
        })),
      ];
    },

    /** How much things stand out from what they lie on. */
    grounds: (selector) => all().filter((element) => element.matches(selector) && isSeen(element)).map((element) => ({
      name: name(element),
      contrast: contrast(ground(element).colour, ground(element.parentElement).colour),
    })),

    /** Everything to be touched: its sizes, and the gap to the nearest other. */
    targets: () => {
      const found = targets().filter(isOnTop);
      return found.map((element) => {
        const box = element.getBoundingClientRect();
        const others = found.filter((other) => other !== element && !other.contains(element) && !element.contains(other));
        return {
          name: name(element),
          width: box.width,
          height: box.height,
          gap: Math.min(1000, ...others.map((other) => gap(box, other.getBoundingClientRect()))),
          main: element.matches(".command--main"),
        };
      });
    },

    /** Texts with the height of their letters. */
    letters: () => texts().map((element) => {
      const style = getComputedStyle(element);
      return { name: name(element), size: parseFloat(style.fontSize), weight: Number(style.fontWeight) };
    }),

    /** The height and weight of the letters of everything that matches. */
    sizes: (selector) => all().filter((element) => element.matches(selector) && isSeen(element)).map((element) => {
      const style = getComputedStyle(element);
      return { name: name(element), size: parseFloat(style.fontSize), weight: Number(style.fontWeight) };
    }),

    /** Whatever reaches over the window, is cut, could be scrolled, or lies under the verdict. */
    unfit: () => {
      const { innerWidth, innerHeight } = window;
      const verdict = document.getElementById("feedback");
      const isPanel = verdict.classList.contains("panel");
      const findings = [];
      for (const element of all().filter(isSeen)) {
        if (element.closest("svg") && !element.matches("svg")) continue;
        const box = element.getBoundingClientRect();
        const style = getComputedStyle(element);
        if (box.left < -0.5 || box.top < -0.5 || box.right > innerWidth + 0.5 || box.bottom > innerHeight + 0.5) findings.push(`${name(element)} reaches over the window`);
        const mayBeCut = style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";
        const cut = element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1;
        if (cut && style.overflow !== "visible" && !mayBeCut) findings.push(`${name(element)} holds more than it shows`);
      }
      if (!isPanel && verdict.textContent.trim()) {
        const top = verdict.getBoundingClientRect().top;
        for (const element of texts().filter((each) => each.closest(".content"))) {
          if (element.getBoundingClientRect().bottom > top + 0.5) findings.push(`${name(element)} lies under the verdict`);
        }
      }
      return findings;
    },

    /** Whatever moves: animations and transitions that last, or go on for ever. */
    moving: () => all().filter((element) => {
      const style = getComputedStyle(element);
      const lasts = (times) => times.split(", ").some((time) => parseFloat(time) > 0.001);
      const animates = style.animationName !== "none" && (lasts(style.animationDuration) || style.animationIterationCount.includes("infinite"));
      return animates || lasts(style.transitionDuration);
    }).map(name),
  };
})();

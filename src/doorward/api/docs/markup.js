// The one way by which text becomes markup on this page. What is not on the list stays text.
"use strict";

const KNOWN = /^<\/?(?:a|b|blockquote|br|code|div|em|h[1-6]|hr|i|li|ol|p|pre|span|strong|table|tbody|td|th|thead|tr|ul)(?:\s+class="[\w -]*")?\s*\/?>$/i;
const TAG = /<[^>]*>?/g;

if (globalThis.trustedTypes) {
  trustedTypes.createPolicy("default", {
    createHTML: (text) => text.replace(TAG, (tag) => (KNOWN.test(tag) ? tag : tag.replaceAll("<", "&lt;"))),
  });
}

/*
 * model/sniff.c - what kind of file bytes are, from how they begin.
 *
 * The signatures are those of the formats themselves; what tells HTML from other text
 * is taken from the WHATWG's MIME Sniffing standard.
 */
#include "model/derive.h"
#include "model/pieces.h"

typedef struct signature {
    size_t at; /* where the bytes stand */
    postern_str bytes;
    postern_str type;
} signature;

/* clang-format off */
/* Of anything. */
static const signature certain[] = {
    {0, POSTERN_STR("%PDF-"), POSTERN_STR("application/pdf")},
    {0, POSTERN_STR("\x89PNG\r\n\x1a\n"), POSTERN_STR("image/png")},
    {0, POSTERN_STR("\xff\xd8\xff"), POSTERN_STR("image/jpeg")},
    {0, POSTERN_STR("GIF87a"), POSTERN_STR("image/gif")},
    {0, POSTERN_STR("GIF89a"), POSTERN_STR("image/gif")},
    {0, POSTERN_STR("PK\3\4"), POSTERN_STR("application/zip")},
    {0, POSTERN_STR("PK\5\6"), POSTERN_STR("application/zip")},
    {0, POSTERN_STR("\x1f\x8b\x08"), POSTERN_STR("application/gzip")},
    {0, POSTERN_STR("\xfd" "7zXZ\0"), POSTERN_STR("application/x-xz")},
    {0, POSTERN_STR("7z\xbc\xaf\x27\x1c"), POSTERN_STR("application/x-7z-compressed")},
    {0, POSTERN_STR("\x28\xb5\x2f\xfd"), POSTERN_STR("application/zstd")},
    {0, POSTERN_STR("Rar!\x1a\7"), POSTERN_STR("application/vnd.rar")},
    {0, POSTERN_STR("\x7f" "ELF"), POSTERN_STR("application/x-executable")},
    {0, POSTERN_STR("\0asm"), POSTERN_STR("application/wasm")},
    {0, POSTERN_STR("\0\0\1\0"), POSTERN_STR("image/x-icon")},
    {0, POSTERN_STR("II*\0"), POSTERN_STR("image/tiff")},
    {0, POSTERN_STR("MM\0*"), POSTERN_STR("image/tiff")},
    {0, POSTERN_STR("OggS\0"), POSTERN_STR("application/ogg")},
    {0, POSTERN_STR("\x1a\x45\xdf\xa3"), POSTERN_STR("video/webm")},
    {0, POSTERN_STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), POSTERN_STR("application/x-ole-storage")},
};

/* Only of what is no text: a text may begin like that too. The first that fits
 * counts. */
static const signature binary[] = {
    {0, POSTERN_STR("MZ"), POSTERN_STR("application/vnd.microsoft.portable-executable")},
    {0, POSTERN_STR("BZh"), POSTERN_STR("application/x-bzip2")},
    {0, POSTERN_STR("ID3"), POSTERN_STR("audio/mpeg")},
    {0, POSTERN_STR("fLaC"), POSTERN_STR("audio/flac")},
    {0, POSTERN_STR("wOFF"), POSTERN_STR("font/woff")},
    {0, POSTERN_STR("wOF2"), POSTERN_STR("font/woff2")},
    {4, POSTERN_STR("ftypavif"), POSTERN_STR("image/avif")},
    {4, POSTERN_STR("ftypheic"), POSTERN_STR("image/heic")},
    {4, POSTERN_STR("ftyp"), POSTERN_STR("video/mp4")},
    {8, POSTERN_STR("WEBPVP8"), POSTERN_STR("image/webp")},
    {8, POSTERN_STR("WAVE"), POSTERN_STR("audio/wav")},
    {8, POSTERN_STR("AVI "), POSTERN_STR("video/x-msvideo")},
    {257, POSTERN_STR("ustar"), POSTERN_STR("application/x-tar")},
};

/* Beginnings of HTML, in lower case; a blank or `>` follows. */
static const postern_str html[] = {
    POSTERN_STR("<!doctype html"), POSTERN_STR("<html"), POSTERN_STR("<head"),
    POSTERN_STR("<script"), POSTERN_STR("<iframe"), POSTERN_STR("<h1"),
    POSTERN_STR("<div"), POSTERN_STR("<font"), POSTERN_STR("<table"), POSTERN_STR("<a"),
    POSTERN_STR("<style"), POSTERN_STR("<title"), POSTERN_STR("<b"), POSTERN_STR("<body"),
    POSTERN_STR("<br"), POSTERN_STR("<p"), POSTERN_STR("<img"),
};
/* clang-format on */

/* The first of `count` signatures that fits, or NULL. */
static const signature *match(const signature *known, size_t count, postern_str body)
{
    for (size_t i = 0; i < count; i++) {
        const size_t end = known[i].at + known[i].bytes.len;
        if (pst_str_same(pst_str_slice(body, known[i].at, end), known[i].bytes)) {
            return &known[i];
        }
    }
    return NULL;
}

static bool space(char c)
{
    return pst_is_blank(c) || c == '\n' || c == '\r' || c == '\f';
}

static postern_str skip_spaces(postern_str text)
{
    size_t at = 0;

    while (at < text.len && space(text.data[at])) {
        at++;
    }
    return pst_str_slice(text, at, text.len);
}

static bool is_html(postern_str text)
{
    static const postern_str comment = POSTERN_STR("<!--");

    if (pst_str_starts(text, comment)) {
        return true;
    }
    for (size_t i = 0; i < sizeof html / sizeof html[0]; i++) {
        const size_t len = html[i].len;
        if (text.len > len && (space(text.data[len]) || text.data[len] == '>') &&
            pst_str_same_folded(pst_str_slice(text, 0, len), html[i])) {
            return true;
        }
    }
    return false;
}

/* An object or an array: what follows the bracket can stand there. */
static bool is_json(postern_str text)
{
    static const postern_str in_object = POSTERN_STR("\"}");
    static const postern_str in_array = POSTERN_STR("\"{[]-0123456789tfn");
    postern_str inside;

    if (text.data[0] != '{' && text.data[0] != '[') {
        return false;
    }
    inside = skip_spaces(pst_str_slice(text, 1, text.len));
    return inside.len > 0 &&
           memchr(text.data[0] == '{' ? in_object.data : in_array.data, inside.data[0],
                  text.data[0] == '{' ? in_object.len : in_array.len) != NULL;
}

/* No control bytes but those of text, as far as one looks. */
static bool is_text(postern_str text)
{
    enum { LOOK = 1024 };

    for (size_t i = 0; i < text.len && i < LOOK; i++) {
        const unsigned char c = (unsigned char)text.data[i];
        if ((c < 0x20 && !space(text.data[i]) && c != 0x1b) || c == 0x7f) {
            return false;
        }
    }
    return true;
}

static postern_str sniff_text(postern_str body)
{
    static const postern_str mark = POSTERN_STR("\xef\xbb\xbf");
    static const signature starts[] = {
        {0, POSTERN_STR("<?xml"), POSTERN_STR("application/xml")},
        {0, POSTERN_STR("<svg"),  POSTERN_STR("image/svg+xml")  },
    };
    static const postern_str kinds[] = {
        POSTERN_STR("text/html"),
        POSTERN_STR("application/json"),
        POSTERN_STR("text/plain"),
    };
    const postern_str text = skip_spaces(
        pst_str_starts(body, mark) ? pst_str_slice(body, mark.len, body.len) : body);
    const signature *known = match(starts, sizeof starts / sizeof starts[0], text);

    if (known != NULL) {
        return known->type;
    }
    if (text.len > 0 && is_html(text)) {
        return kinds[0];
    }
    return text.len > 0 && is_json(text) ? kinds[1] : kinds[2];
}

postern_str pst_sniff(postern_str body)
{
    const signature *known = match(certain, sizeof certain / sizeof certain[0], body);

    if (known == NULL && body.len > 0 && is_text(body)) {
        return sniff_text(body);
    }
    if (known == NULL) {
        known = match(binary, sizeof binary / sizeof binary[0], body);
    }
    return known == NULL ? (postern_str){NULL, 0} : known->type;
}

/* libedit's own interface: its settings are variadic functions, which Swift cannot call. */
#include <histedit.h>
#include <locale.h>
#include <stdio.h>

typedef char *(*edit_prompt)(EditLine *el);
typedef unsigned char (*edit_command)(EditLine *el, int key);
typedef int (*edit_reader)(EditLine *el, wchar_t *character);

/* An editor on the standard streams; `state` is handed to the callbacks by edit_state. */
static inline EditLine *edit_open(const char *name, void *state, edit_prompt prompt,
                                  edit_command complete) {
    setlocale(LC_CTYPE, "");
    EditLine *el = el_init(name, stdin, stdout, stderr);
    if (el == NULL) return NULL;
    el_set(el, EL_CLIENTDATA, state);
    el_set(el, EL_PROMPT, prompt);
    el_set(el, EL_SIGNAL, 1);
    el_set(el, EL_EDITOR, "emacs");
    el_set(el, EL_ADDFN, "complete", "complete the line", complete);
    el_set(el, EL_BIND, "^I", "complete", NULL);
    el_set(el, EL_BIND, "^R", "em-inc-search-prev", NULL);
    /* Home, End, Delete, and Ctrl with an arrow, as terminals spell them. */
    el_set(el, EL_BIND, "\\e[1~", "ed-move-to-beg", NULL);
    el_set(el, EL_BIND, "\\e[H", "ed-move-to-beg", NULL);
    el_set(el, EL_BIND, "\\e[4~", "ed-move-to-end", NULL);
    el_set(el, EL_BIND, "\\e[F", "ed-move-to-end", NULL);
    el_set(el, EL_BIND, "\\e[3~", "ed-delete-next-char", NULL);
    el_set(el, EL_BIND, "\\e[1;5D", "ed-prev-word", NULL);
    el_set(el, EL_BIND, "\\e[1;5C", "em-next-word", NULL);
    el_source(el, NULL);
    return el;
}

static inline void *edit_state(EditLine *el) {
    void *state = NULL;
    el_get(el, EL_CLIENTDATA, &state);
    return state;
}

/* Has characters read by `reader`, or by libedit itself. */
static inline void edit_set_reader(EditLine *el, edit_reader reader) {
    el_wset(el, EL_GETCFN, reader);
}

/* Lines for the arrow keys, none twice in a row. */
static inline History *edit_open_history(EditLine *el, int capacity) {
    HistEvent event;
    History *lines = history_init();
    if (lines == NULL) return NULL;
    history(lines, &event, H_SETSIZE, capacity);
    history(lines, &event, H_SETUNIQUE, 1);
    el_set(el, EL_HIST, history, lines);
    return lines;
}

static inline void edit_remember(History *lines, const char *line) {
    HistEvent event;
    history(lines, &event, H_ENTER, line);
}

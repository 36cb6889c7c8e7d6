package io.talospxe.dhcp.client;

/** Text of a stranger, made fit for a log line. Stateless. */
final class Printable {

    private Printable() {
    }

    /** The text with a question mark for each control character, so that no server can forge a line of our log. */
    static String of(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        text.chars().forEach(character -> printable.append(Character.isISOControl(character) ? '?' : (char) character));
        return printable.toString();
    }
}

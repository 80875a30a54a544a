import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.*;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.*;

/** Reads views through JDBC, as metadata says they are: java Jdbc.java text|binary|text,binary SCHEMA VIEW... */
public class Jdbc {
	static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS");

	static String cell(ResultSet row, int column, int type) throws SQLException {
		if (row.getObject(column) == null) return "\\N";
		switch (type) {
			case Types.BIT: case Types.BOOLEAN: return row.getBoolean(column) ? "t" : "f";
			case Types.INTEGER: case Types.SMALLINT: case Types.BIGINT: return Long.toString(row.getLong(column));
			case Types.NUMERIC: return row.getBigDecimal(column).toPlainString();
			case Types.DATE: return row.getObject(column, java.time.LocalDate.class).toString();
			case Types.TIMESTAMP: case Types.TIMESTAMP_WITH_TIMEZONE:
				return row.getObject(column, OffsetDateTime.class).withOffsetSameInstant(ZoneOffset.UTC).format(MOMENT);
			case Types.VARCHAR: return row.getString(column).replace("\n", "\\n");
			default: throw new SQLException("type " + type + " has no place in these views");
		}
	}

	public static void main(String[] args) throws Exception {
		for (String mode : args[0].split(",")) read(mode, args);
	}

	static void read(String mode, String[] args) throws Exception {
		Properties p = new Properties();
		p.setProperty("user", System.getenv("PGUSER"));
		p.setProperty("password", Optional.ofNullable(System.getenv("PGPASSWORD")).orElse(""));
		// -1: binary from the first execution on; 0: text always
		p.setProperty("prepareThreshold", mode.equals("binary") ? "-1" : "0");
		p.setProperty("binaryTransfer", Boolean.toString(mode.equals("binary")));
		String url = "jdbc:postgresql://" + System.getenv("PGHOST") + ":" + System.getenv("PGPORT") + "/" + System.getenv("PGDATABASE");
		try (Connection c = DriverManager.getConnection(url, p)) {
			Set<String> listed = new HashSet<>();
			try (ResultSet t = c.getMetaData().getTables(null, args[1], "%", new String[] {"VIEW"})) {
				while (t.next()) listed.add(t.getString("TABLE_NAME"));
			}
			for (String view : Arrays.copyOfRange(args, 2, args.length)) {
				if (!listed.contains(view)) throw new SQLException("getTables() does not list " + view);
				try (PreparedStatement s = c.prepareStatement("SELECT * FROM " + args[1] + "." + view); ResultSet r = s.executeQuery()) {
					ResultSetMetaData m = r.getMetaData();
					StringBuilder types = new StringBuilder();
					for (int i = 1; i <= m.getColumnCount(); i++) types.append(i > 1 ? " " : "").append(m.getColumnTypeName(i));
					List<byte[]> rows = new ArrayList<>();
					while (r.next()) {
						StringBuilder line = new StringBuilder();
						for (int i = 1; i <= m.getColumnCount(); i++) line.append(i > 1 ? "\u001f" : "").append(cell(r, i, m.getColumnType(i)));
						rows.add(line.toString().getBytes(StandardCharsets.UTF_8));
					}
					rows.sort(Arrays::compareUnsigned);
					MessageDigest digest = MessageDigest.getInstance("MD5");
					for (int i = 0; i < rows.size(); i++) {
						if (i > 0) digest.update((byte) '\n');
						digest.update(rows.get(i));
					}
					System.out.printf("%s\t%d\t%s\tmd5:%032x%n", view, rows.size(), types, new BigInteger(1, digest.digest()));
				}
			}
		}
	}
}

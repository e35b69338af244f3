import { SliceView, type SliceLayoutProps } from './SliceView.tsx';
import styles from './ImageView.module.css';

/** The one section of an image, as large as the column lets it be. */
export function ImageView(props: SliceLayoutProps) {
  return (
    <div className={styles.image}>
      <SliceView axis="z" {...props} />
    </div>
  );
}
